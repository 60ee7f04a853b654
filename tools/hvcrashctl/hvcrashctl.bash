# SPDX-License-Identifier: GPL-2.0-only
# bash, loaded by bash-completion: completes the command line of hvcrashctl.
#
# Knows no verb and no option: `hvcrashctl help --words` prints those in its own tables,
# so that this file cannot become outdated.

# _hvcrashctl_replies WORDS CURRENT: those of the words that CURRENT begins
_hvcrashctl_replies() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

# _hvcrashctl_argument CURRENT WHAT [WORDS...]: completes the argument of an option
_hvcrashctl_argument() {
	local current=$1 what=$2 before
	shift 2
	case $what in
	FILE | DIR) compopt -o default ;;
	COLUMNS)
		# All but the last of "A,B,C" stays as it is, and so does a leading +
		before=${current%"${current##*[,+]}"}
		mapfile -t COMPREPLY < <(compgen -P "$before" -W "$*" -- "${current#"$before"}")
		compopt -o nospace
		;;
	*) _hvcrashctl_replies "$*" "$current" ;;
	esac
}

_hvcrashctl() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} line
	local options=() operand='' argument=()
	COMPREPLY=()
	# "--how=nm" is three words to bash
	if [ "$current" = = ]; then
		current=''
	elif [ "$previous" = = ] && [ "$COMP_CWORD" -gt 2 ]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	# "--how=nm" is three words to bash
	if [ "$current" = = ]; then
		current=''
	elif [ "$previous" = = ] && [ "$COMP_CWORD" -gt 2 ]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if [ "$COMP_CWORD" -eq 1 ]; then
		_hvcrashctl_replies "$("$1" help --words 2>/dev/null)" "$current"
		return
	fi
	[ "$previous" != -o ] || previous=--output
	while read -r line; do
		case $line in
		--*)
			options+=("${line%% *}")
			[ "${line%% *}" != "$previous" ] || read -r -a argument <<<"${line#"$previous"}"
			;;
		*) operand=$line ;;
		esac
	done < <("$1" help --words "${COMP_WORDS[1]}" 2>/dev/null)
	if [ ${#argument[@]} -gt 0 ]; then
		_hvcrashctl_argument "$current" "${argument[@]}"
	elif [ "${current#-}" != "$current" ]; then
		_hvcrashctl_replies "${options[*]}" "$current"
	elif [ "$operand" = VERB ]; then
		_hvcrashctl_replies "$("$1" help --words 2>/dev/null)" "$current"
	elif [ -n "$operand" ]; then
		compopt -o default
	fi
}

complete -F _hvcrashctl hvcrashctl
