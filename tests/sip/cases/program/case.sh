# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# sipd as a program: options, exit codes, sockets in use, its word to the service manager.
expect_calls=0

# ends_with STATUS TEXT COMMAND...
ends_with()
{
	local expected=$1 text=$2 output status
	shift 2
	output=$("$@" 2>&1)
	status=$?
	[ $status = "$expected" ] || fail "'$*' has ended with $status, not $expected: $output"
	grep -qF -- "$text" <<<"$output" || fail "'$*' has not said '$text' but: $output"
}

word_to_manager()
{
	python3 - "$sipd" <<-'PYTHON'
	import os, socket, subprocess, sys
	manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	manager.bind(os.path.abspath("notify.sock"))
	manager.settimeout(60)
	sipd = subprocess.Popen([sys.argv[1], "-f", "other.yaml"], stdout=subprocess.DEVNULL,
	                        env=dict(os.environ, NOTIFY_SOCKET=os.path.abspath("notify.sock")))
	assert manager.recv(100) == b"READY=1"
	sipd.terminate()
	assert manager.recv(100) == b"STOPPING=1"
	assert sipd.wait() == 0
	PYTHON
}

drive()
{
	ends_with 0 "sipd.yaml: ok" "$sipd" -t -f sipd.yaml
	ends_with 0 "sipd.yaml.example: ok" "$sipd" -t -f "$here/../../userspace/sipd/sipd.yaml.example"
	ends_with 0 "sipd 0." "$sipd" -V
	ends_with 0 "usage: sipd" "$sipd" -h
	ends_with 2 "usage: sipd" "$sipd" -x
	ends_with 2 "unexpected \"more\"" "$sipd" -t more
	ends_with 2 "no log level \"loud\"" "$sipd" -d loud
	ends_with 7 "none.yaml: No such file" "$sipd" -f none.yaml

	sed 's/t1: /t_1: /; s/realm: core/realm: cor/' sipd.yaml >wrong.yaml
	ends_with 7 "wrong.yaml:3:11: unknown key \"t_1\" in timers; did you mean \"t1\"?" \
		"$sipd" -t -f wrong.yaml
	ends_with 7 "did you mean \"core\"?" "$sipd" -f wrong.yaml

	# The sipd of this case has the addresses, then also the control socket.
	ends_with 1 "$sipd_ip:5060" "$sipd" -f sipd.yaml
	sed 's/:5060"/:5070"/' sipd.yaml >other.yaml
	ends_with 1 "another sipd answers there" "$sipd" -f other.yaml
	control status >/dev/null || fail "the first sipd has lost its socket"

	sed -i 's/sipd\.sock/other.sock/' other.yaml
	word_to_manager || fail "the service manager has not been told"
	[ ! -e other.sock ] || fail "a socket is left behind"

	sed 's/media: none/media: kernel/; s/^\( *\)listen: .*"udp:\([^:]*\):.*/&\n\1media: { address: \2, ports: 30000-30999 }/' \
		other.yaml >kernel.yaml
	[ -e /sys/module/sipfast ] || ends_with 5 "" "$sipd" -f kernel.yaml
}
