"""Whether a port can be had, and why not. That Asterisk does not start without its own: tests/realtime."""

from __future__ import annotations

import socket

from callcontrol.runtime import ports


def test_a_free_port_has_no_problem_and_looking_at_it_does_not_take_it() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert ports.problem("127.0.0.1", port, ports.UDP) is None
    assert ports.problem("127.0.0.1", port, ports.UDP) is None


def test_an_address_of_another_machine_is_a_problem_with_its_reason() -> None:
    assert ports.problem("192.0.2.1", 5060, ports.UDP) == "Cannot assign requested address"
