"""A scanned table sticker, alive and dead."""

from django.utils import timezone

from tests import builders


def test_a_valid_sticker_opens_the_kitchen_with_its_table_and_the_address(read, red_kitchen):
    sticker = builders.sticker(red_kitchen, table="3")
    assert read(f"/en/q/{sticker.token}").says("Table 3", "海上明月海鲜楼", "The address should be", "testserver")


def test_a_smaller_code_in_upper_case_opens_the_same_table(read, red_kitchen):
    sticker = builders.sticker(red_kitchen, table="3")
    assert read(f"/en/Q/{sticker.token.upper()}").says("Table 3", "海上明月海鲜楼")


def test_a_table_with_a_name_is_called_by_it(read, red_kitchen):
    page = read(f"/en/q/{builders.sticker(red_kitchen, table='牡丹厅').token}")
    assert page.says("牡丹厅")
    assert "Table 牡丹厅" not in page.text


def test_no_cache_and_no_link_learns_the_table(client, red_kitchen):
    answer = client.get(f"/q/{builders.sticker(red_kitchen).token}")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.content.decode()


def test_revoked_unknown_and_closed_get_one_and_the_same_answer(client, red_kitchen):
    revoked = builders.sticker(red_kitchen, table="4", revoked_at=timezone.now())
    closed = builders.sticker(builders.establishment(state="closed"))
    tokens = [revoked.token, closed.token, "0000000000000000", "x"]
    for language in ("", "/en"):
        for letter in "qQ":
            answers = [client.get(f"{language}/{letter}/{token}") for token in tokens]
            assert {answer.status_code for answer in answers} == {404}
            assert len({answer.content for answer in answers}) == 1
            for answer in answers:
                del answer.headers["X-Request-Id"]  # of every answer its own
            assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_a_dead_sticker_warns_of_paying_and_offers_the_search(read, db):
    page = read("/en/q/0000000000000000", status=404)
    assert page.says("not valid", "Do not pay or fill in anything.", "Find a kitchen")
