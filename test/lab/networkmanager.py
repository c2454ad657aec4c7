# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

"""The NetworkManager of the lab: python3-dbusmock's template, with two radios and some networks in the air.

What the template leaves out is added, as NetworkManager does it: a connection takes time, signals its outcome,
fails with the wrong password, and profiles keep their secrets to themselves.
"""

import time

import dbus
import dbusmock
from dbusmock.templates import networkmanager as template
from dbusmock.templates.networkmanager import *  # noqa: F401,F403
from gi.repository import GLib

NONE, PSK, EAP, SAE, OWE, SUITE_B = 0x0, 0x100, 0x200, 0x400, 0x800, 0x2000
CAFE_OF_LATIN_1, MIDDLE_OF_GBK = b"Caf\xe9 \xdcber", b"\xd6\xd0\xce\xc4"
SECRETS = {"802-11-wireless-security": ["psk"], "802-1x": ["password"]}

# The credentials that each SSID accepts. A network without an entry never answers.
ADMITTED = {
    b"home": lambda p: p["802-11-wireless-security"]["psk"] == "correct horse",
    b"new home": lambda p: p["802-11-wireless-security"]["key-mgmt"] == "sae"
    and p["802-11-wireless-security"]["psk"] == "battery staple",
    b"corp": lambda p: p["802-11-wireless-security"]["key-mgmt"] == "wpa-eap"
    and (p["802-1x"]["identity"], p["802-1x"]["password"]) == ("alice", "rabbit hole")
    and p["802-1x"]["domain-suffix-match"] == "example.com",
    b"cafe": lambda p: "802-11-wireless-security" not in p,
    b"museum": lambda p: p["802-11-wireless-security"]["key-mgmt"] == "owe",
    b"secret base": lambda p: p["802-11-wireless"]["hidden"] and p["802-11-wireless-security"]["psk"] == "open sesame",
    b"vault": lambda p: p["802-11-wireless-security"]["key-mgmt"] == "wpa-eap-suite-b-192"
    and p["802-1x"]["password"] == "rabbit hole",
    **dict.fromkeys(
        [b"\xffodd\x1b", CAFE_OF_LATIN_1, MIDDLE_OF_GBK, b"\xff" * 32, b" @home "],
        lambda p: "802-11-wireless-security" not in p,
    ),
}

IN_THE_AIR = {
    "wlan0": [
        (b"home", 40, PSK),
        (b"home", 70, PSK),
        (b"home", 20, NONE),
        (b"new home", 60, SAE),
        (b"corp", 55, EAP),
        (b"cafe", 90, NONE),
        (b"tarpit", 30, PSK),
        (b"", 80, PSK),
        (b"\0\0\0", 80, PSK),
        (b"\xffodd\x1b", 10, NONE),
        (b"vault", 9, SUITE_B),
        (CAFE_OF_LATIN_1, 8, NONE),
        (MIDDLE_OF_GBK, 7, NONE),
        (b"\xff" * 32, 6, NONE),
        (b" @home ", 5, NONE),
    ],
    "wlan1": [(b"museum", 45, OWE), (b"home", 50, PSK)],
}


def load(mock, parameters):
    template.load(mock, parameters)
    manager = dbusmock.get_object(MANAGER_OBJ)
    manager.activate_connection = activate
    settings = dbusmock.get_object(SETTINGS_OBJ)
    settings.AddMethod(SETTINGS_IFACE, "AddConnection", "a{sa{sv}}", "o", "ret = self.add_profile(args[0])")
    settings.add_profile = add_profile
    manager.deactivate_connection = deactivate
    for interface, points in IN_THE_AIR.items():
        device = mock.AddWiFiDevice(interface, interface, DeviceState.DISCONNECTED)
        radio = dbusmock.get_object(device)
        radio.props[WIRELESS_DEVICE_IFACE]["LastScan"] = now()
        radio.look_around = lambda own, mock=mock, device=device: look_around(mock, device)
        radio.AddMethod(WIRELESS_DEVICE_IFACE, "RequestScan", "a{sv}", "", "self.look_around(self)")
        for index, (ssid, strength, security) in enumerate(points):
            point = mock.AddAccessPoint(
                device, f"{interface}_{index}", "", "02:00:00:00:00:01", 2, 5180, 54000, strength, security
            )
            dbusmock.get_object(point).props[ACCESS_POINT_IFACE]["Ssid"] = dbus.ByteArray(ssid)


def now():
    return dbus.Int64(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000)


def look_around(mock, device):
    radio = dbusmock.get_object(device)
    radio.props[WIRELESS_DEVICE_IFACE]["LastScan"] = now()
    name = f"late {len(radio.access_points)}"
    mock.AddAccessPoint(device, name.replace(" ", "_"), name, "02:00:00:00:00:02", 2, 5180, 54000, 99, NONE)


def add_profile(profile):
    path = dbusmock.get_object(SETTINGS_OBJ).SettingsAddConnection(profile)
    added = dbusmock.get_object(path)
    added.ConnectionGetSettings = lambda own: public(own.settings)
    added.ConnectionGetSecrets = lambda own, section: {section: secrets(own.settings, section)}
    added.ConnectionUpdate = update
    return path


def update(own, profile):
    own.settings = profile
    own.EmitSignal(CSETTINGS_IFACE, "Updated", "", [])


def public(profile):
    return {
        section: dbus.Dictionary(
            {key: value for key, value in values.items() if key not in SECRETS.get(section, [])}, signature="sv"
        )
        for section, values in profile.items()
    }


def secrets(profile, section):
    return dbus.Dictionary({k: v for k, v in profile[section].items() if k in SECRETS[section]}, signature="sv")


def activate(manager, profile_path, device, point):
    profile = dbusmock.get_object(profile_path).settings
    ssid = bytes(profile["802-11-wireless"]["ssid"])
    if point == "/":
        known = dbusmock.get_object(device).access_points
        point = next((p for p in known if dbusmock.get_object(p).props[ACCESS_POINT_IFACE]["Ssid"] == ssid), point)
    activate.count += 1
    active = manager.AddActiveConnection([device], profile_path, point, str(activate.count), 1)
    if ssid in ADMITTED:
        GLib.timeout_add(20, finish, active, device, ADMITTED[ssid](profile))
    return active


activate.count = 0


def finish(active, device, admitted):
    if active not in dbusmock.get_objects():
        return
    if admitted:
        dbusmock.get_object(active).props[ACTIVE_CONNECTION_IFACE]["State"] = dbus.UInt32(2)
        signal_state(active, ACTIVE_CONNECTION_IFACE, 2, 1)
        return
    # The access point disconnects, no agent can provide another password, and the device fails.
    signal_state(device, DEVICE_IFACE, 60, 50, 8)
    signal_state(device, DEVICE_IFACE, 120, 60, 7)
    end(active, device)


def deactivate(manager, active):
    for device in dbusmock.get_object(active).props[ACTIVE_CONNECTION_IFACE]["Devices"]:
        GLib.timeout_add(20, end, active, device)


def end(active, device):
    signal_state(active, ACTIVE_CONNECTION_IFACE, 4, 3)
    dbusmock.get_object(MANAGER_OBJ).RemoveActiveConnection(device, active)


def signal_state(path, interface, *numbers):
    values = [dbus.UInt32(number) for number in numbers]
    dbusmock.get_object(path).EmitSignal(interface, "StateChanged", "u" * len(values), values)
