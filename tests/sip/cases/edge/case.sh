# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3608/6.2 3327/5.2a 5626/5.1a 5626/5.3c 5626/5.3d

# An edge proxy between phones that have a connection each and a registrar that has none of them:
# what has the Path of one as its Route comes by his connection, and gets 430 when that is gone. He may have
# the Service-Route that he was given as his Route, and no other one.
. "$here/lib_proxy.sh"
access=tcp
core=udp
access_more="path: true"
config="store: { path: $PWD/sipd.db }"
registrar_ip=$callee_ip

# edge SCENARIO...
edge()
{
	"$here/edge" $patience $registrar_ip "$@" || fail "see above"
}

drive()
{
	edge path register call foreign
}
