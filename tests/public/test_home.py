"""The start page, and what every public page promises: no cookie, no inline style or script."""


def test_the_start_page_opens_for_anybody(client, db):
    answer = client.get("/")
    assert answer.status_code == 200
    assert not answer.cookies
