# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of sipctl's arguments for bash. What may follow is known to sipctl itself.

_sipctl()
{
	local line=${COMP_LINE:0:COMP_POINT} cur='' i all words=() socket=()

	# Not COMP_WORDS: there 10.0.1.1:30000 is three words.
	read -ra all <<<"$line"
	if [[ $line != *[[:blank:]] ]]; then
		cur=${all[-1]}
		unset 'all[-1]'
	fi
	for ((i = 1; i < ${#all[@]}; i++)); do
		case ${all[i]} in
		-s | --socket)
			i=$((i + 1))
			if [ "$i" = "${#all[@]}" ]; then
				compopt -o default
				return
			fi
			socket=(-s "${all[i]}")
			;;
		--watch | --method | --state | --peer | --code | --call-id | --since | -w)
			i=$((i + 1))
			;;
		-*) ;;
		*) words+=("${all[i]}") ;;
		esac
	done
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"-j --json -a --all -s --socket --watch --version --help \
			$("${all[0]}" __complete -- - "${words[@]}" 2>/dev/null)" -- "$cur")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -W \
		"$("${all[0]}" "${socket[@]}" __complete -- "${words[@]}" 2>/dev/null)" -- "$cur")
	# The shell replaces only what is behind the last colon.
	if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${cur%:*}":}")
	fi
}

complete -F _sipctl sipctl
