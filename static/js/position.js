// "Use this phone's position": fills the map point in WGS-84. Without it the numbers are typed.
const button = document.querySelector("[data-position]");
const said = document.querySelector("[data-position-said]");
const field = (name) => document.querySelector(`[name="${name}"]`);

function take({ coords }) {
  field("latitude").value = coords.latitude.toFixed(6);
  field("longitude").value = coords.longitude.toFixed(6);
  field("coordinates").value = "wgs84";
  said.textContent = said.dataset.done.replace("{metres}", Math.round(coords.accuracy));
  button.disabled = false;
}

function fail() {
  said.textContent = said.dataset.failed;
  button.disabled = false;
}

if (button && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    said.textContent = said.dataset.waiting;
    navigator.geolocation.getCurrentPosition(take, fail, { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 });
  });
}
