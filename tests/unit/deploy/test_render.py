"""The templates: complete, closed to injection, and those that real programs accept."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy import render
from deploy.render import Broker, Proxy, RenderError


def test_every_template_renders_with_the_values_of_production() -> None:
    for template, kind, values in render._MADE.values():  # noqa: SLF001 - the table is the list of templates
        text = render.render(template, values(kind()))
        assert "@" not in text
        assert text.startswith("#")


def test_a_missing_value_and_an_unknown_one_are_named() -> None:
    values = render.broker_values(Broker())
    del values["ACL_FILE"]
    with pytest.raises(RenderError, match="ACL_FILE"):
        render.render("mosquitto/mosquitto.conf.in", values)
    with pytest.raises(RenderError, match="WHATEVER"):
        render.render("mosquitto/mosquitto.conf.in", render.broker_values(Broker()) | {"WHATEVER": "x"})


@pytest.mark.parametrize("value", ["", "a\nallow_anonymous true", 'a"', "a;b", "a{", "@USER@", "$host", "a\\b", "a\0"])
def test_no_value_can_add_a_directive(value: str) -> None:
    with pytest.raises(RenderError):
        render.render("mosquitto/mosquitto.conf.in", render.broker_values(Broker()) | {"USER": value})


def test_browsers_remember_tls_for_the_real_host_only() -> None:
    assert render.site_values(Proxy())["HSTS_S"] == "31536000"
    assert render.site_values(Proxy(address="127.0.0.1"))["HSTS_S"] == "0"


def test_an_installer_gets_the_configuration_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert render.main(["mosquitto", "data_dir=/srv/room", "seats_port=18883"]) == 0
    text = capsys.readouterr().out
    assert "acl_file /srv/room/broker/acl\n" in text
    assert "listener 18883 0.0.0.0\n" in text


@pytest.mark.parametrize("words", [[], ["apache"], ["nginx", "port=1"], ["mosquitto", "user=a;b"]])
def test_wrong_words_are_answered_with_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert render.main(words) == 2
    assert not capsys.readouterr().out


def test_what_the_broker_reads_is_what_the_server_writes() -> None:
    values = render.broker_values(Broker(data_dir=Path("/d")))
    assert values["ACL_FILE"] == "/d/broker/acl"
    assert values["CRL_FILE"] == "/d/broker/crl.pem"
    assert values["CA_FILE"] == "/d/pki/ca.pem"


@pytest.mark.parametrize(
    ("stated", "directive"), [("off", "access_log off;"), ("/var/log/x.log", "access_log /var/log/x.log phonghop;")]
)
def test_the_log_of_requests_can_be_turned_off(stated: str, directive: str) -> None:
    text = render.render("nginx/phonghop.conf.in", render.site_values(Proxy(access_log=stated)))
    assert directive in text


def test_C4_the_address_of_a_calendar_stands_in_no_log() -> None:
    text = render.render("nginx/phonghop.conf.in", render.site_values(Proxy(access_log="/var/log/x.log")))
    for place, logs in (("^~ /calendar/", ("access_log off;", "error_log /dev/null crit;")), ("= /api/search", ())):
        inside = text.partition(f"location {place} {{")[2].partition("}")[0]
        assert all(each in inside for each in (*logs, "error_log /dev/null crit;"))


def test_W174_when_a_secret_ballot_came_stands_in_no_log() -> None:
    text = render.render("nginx/phonghop.conf.in", render.site_values(Proxy(access_log="/var/log/x.log")))
    inside = text.partition("location ~ ^/api/consultations/[^/]+/cast$ {")[2].partition("}")[0]
    assert "access_log off;" in inside
    assert "error_log /dev/null crit;" in inside


@pytest.mark.parametrize("stated", ["", "/var/log/x.log combined", "a\tb"])
def test_the_log_of_requests_is_one_path(stated: str) -> None:
    with pytest.raises(RenderError):
        render.site_values(Proxy(access_log=stated))
