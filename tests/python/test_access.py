"""Who may read: a relay on loopback gives no data to other sites' pages or under other names."""

import pytest
from websockets.exceptions import InvalidStatus

FOREIGN = "https://evil.example"
DATA = ["/feeds", "/feeds/stock_values.arrow"]


@pytest.mark.parametrize("path", DATA)
def test_a_foreign_origin_is_refused_with_the_line_to_add(demo, path):
    status, _, body = demo.request(path, headers={"Origin": FOREIGN})
    assert status == 403
    assert f'allowed_origins = ["{FOREIGN}"]' in body.decode()


def test_a_foreign_origin_gets_no_socket(demo):
    with pytest.raises(InvalidStatus) as refused, demo.socket(origin=FOREIGN):
        pass
    response = refused.value.response
    assert response.status_code == 403
    assert f'allowed_origins = ["{FOREIGN}"]' in response.body.decode()


@pytest.mark.parametrize("path", [*DATA, "/", "/ws", "/metrics"])
def test_another_host_is_refused(demo, path):
    status, _, body = demo.request(path, headers={"Host": "evil.example"})
    assert status == 421
    assert "allowed_hosts = [" in body.decode() and '"evil.example"]' in body.decode()


def test_the_own_origin_and_none_are_let_in(demo):
    for headers in ({}, {"Origin": demo.address}):
        status, _, _ = demo.request("/feeds", headers=headers)
        assert status == 200


def test_the_script_may_be_fetched_from_anywhere(demo):
    status, headers, _ = demo.request("/millrace.js", headers={"Origin": FOREIGN})
    assert status == 200
    assert headers["Access-Control-Allow-Origin"] == "*"
