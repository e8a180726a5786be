#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A baresip phone of the demo.

phone.py config DIR USER ADDRESS SOURCE.wav MODULES
    writes a configuration of baresip: PCMU, audio from a file, recordings in DIR.
phone.py command ADDRESS COMMAND [PARAMETERS]
    gives a running baresip a command (ctrl_tcp: JSON in netstrings).
"""
import json
import os
import socket
import sys

PORT = 4444

CONFIG = """sip_listen {address}:5060
audio_source aufile,{source}
audio_player aubridge,speaker
audio_alert aubridge,bell
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_ports 10000-10100
rtp_stats no
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
snd_path {directory}
ctrl_tcp_listen {address}:{port}
"""


def config(directory, user, address, source, modules):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "config"), "w") as f:
        f.write(CONFIG.format(address=address, source=source, modules=modules,
                              directory=directory, port=PORT))
    with open(os.path.join(directory, "accounts"), "w") as f:
        f.write(f"<sip:{user}@{address}>;regint=0;answermode=auto;audio_codecs=PCMU/8000/1\n")
    open(os.path.join(directory, "contacts"), "w").close()


def netstring(stream):
    length = b""
    while (digit := stream.read(1)) != b":":
        if not digit.isdigit():
            sys.exit("phone: connection closed")
        length += digit
    text = stream.read(int(length))
    stream.read(1)
    return json.loads(text)


def command(address, name, *parameters):
    request = json.dumps({"command": name, "params": " ".join(parameters), "token": "demo"}).encode()
    with socket.create_connection((address, PORT), timeout=20) as connection:
        connection.sendall(b"%d:%s," % (len(request), request))
        with connection.makefile("rb") as stream:
            while not (answer := netstring(stream)).get("response"):
                pass
    if not answer["ok"]:
        sys.exit(f"phone: {name}: {answer['data'].strip()}")


if __name__ == "__main__":
    if len(sys.argv) == 7 and sys.argv[1] == "config":
        config(*sys.argv[2:])
    elif len(sys.argv) >= 4 and sys.argv[1] == "command":
        command(*sys.argv[2:])
    else:
        sys.exit(__doc__)
