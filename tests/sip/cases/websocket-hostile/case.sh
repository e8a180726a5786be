# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Requests and frames that are not right, slow or too many (RFC 6455 s.4.2, s.5, s.7).
# Shows: 7118/4a 7118/4b 7118/4c
access_also="ws:$sipd_ip:8080 ]
    websocket: { path: /sip, origins: [ https://phone.example.com ]}
    #"
connections="per-source: 20, message: 1s, handshake: 2s"
expect_calls=0

drive()
{
	"$here/hostile-ws" $sipd_ip $patience || fail "hostile-ws"
}
