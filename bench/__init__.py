"""What we promise in figures, measured on the real thing: `make bench`, `make bench ONLY=relay`.

A file of this package is a bench: its docstring says what it measures, its `run()` yields `Measure`s.
"""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Measure:
    """One figure. `peer` and `theirs` name what it was measured against, side by side; `goal` what was promised."""

    name: str  # "relay.first_frame"
    ours: float
    unit: str
    peer: str | None = None
    theirs: float | None = None
    goal: float | None = None

    @property
    def line(self) -> dict[str, object]:
        """As printed: {"name", "ours", "unit", "peer", "theirs", "ratio"}, without what isn't known."""
        ratio = round(self.ours / self.theirs, 3) if self.theirs else None
        return {name: value for name, value in {**asdict(self), "ratio": ratio}.items() if value is not None}
