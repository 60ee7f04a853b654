# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# Lines to and from the machine: the handshake with the guest, the monitor of its hypervisor, the agent that writes into its
# memory. Each is a pair of FIFOs that QEMU opens. The lab holds both open in both directions, so that no open ever blocks
# and output sent just before the other side died can still be read. Complete lines received are kept in NAME.log.
#
# Nothing here runs in a subshell: a partly read line is kept between calls.

declare -A channel_in=() channel_out=() channel_rest=()

channel_open() {
	local name=$1 in out
	mkfifo "$run_dir/$name.in" "$run_dir/$name.out"
	exec {in}<>"$run_dir/$name.in" {out}<>"$run_dir/$name.out"
	channel_in[$name]=$in
	channel_out[$name]=$out
	channel_rest[$name]=''
}

channel_send() { printf '%s\n' "$2" >&"${channel_in[$1]}"; }

# channel_line NAME SECONDS: reads the next complete line into $line. Fails if none arrives in time.
channel_line() {
	local name=$1 seconds=$2 part='' status=0
	IFS= read -r -t "$seconds" -u "${channel_out[$name]}" part || status=$?
	channel_rest[$name]+=$part
	[ "$status" -eq 0 ] || return 1
	line=${channel_rest[$name]%$'\r'}
	channel_rest[$name]=''
	printf '%s\n' "$line" >>"$run_dir/$name.log"
}

# A monitor speaks QMP: one line per answer, each with the number of its request, and events in between. "monitor" belongs to
# the guest's hypervisor, "outer" to the machine around it.

qmp_number=0 # of the last request, to either monitor

# monitor_event LINE: notes how the guest ended, if it did.
monitor_event() {
	case $1 in *'"event": "SHUTDOWN"'*) guest_end=$(jq -r '.data.reason' <<<"$1") ;; esac
}

# monitor_drain: handles pending events without waiting.
monitor_drain() {
	local line
	while channel_line monitor 0.01; do
		monitor_event "$line"
	done
}

# qmp_ask CHANNEL SECONDS REQUEST: REQUEST is JSON without an id. Sets $line to the answer; fails if there is none.
qmp_ask() {
	local channel=$1 end=$((SECONDS + $2)) request=$3
	qmp_number=$((qmp_number + 1))
	channel_send "$channel" "${request%\}},\"id\":$qmp_number}"
	while [ $SECONDS -le "$end" ]; do
		channel_line "$channel" 1 || { is_machine_running || return 1; continue; }
		case $line in
		*"\"id\": $qmp_number"*) return 0 ;;
		*'"event": '*) [ "$channel" != monitor ] || monitor_event "$line" ;;
		esac
	done
	return 1
}

# hmp CHANNEL COMMAND [SECONDS]: a command of the human monitor; sets $reply to its output. Fails if there is no answer.
hmp() {
	local line request
	request=$(jq -nc --arg c "$2" '{execute: "human-monitor-command", arguments: {"command-line": $c}}')
	qmp_ask "$1" "${3:-30}" "$request" || return 1
	reply=$(jq -r 'if .error then "error: " + .error.desc else .return end' <<<"$line" | tr -d '\r')
}

# Requests to the guest's hypervisor: the caller decides what a missing answer means.

monitor_ask() { qmp_ask monitor "$@"; }

monitor_begun='' # set once this process has begun it

# monitor_begin: a monitor accepts no other command before this one.
monitor_begin() { monitor_ask 30 '{"execute":"qmp_capabilities"}' && monitor_begun=1; }

monitor() { hmp monitor "$@"; }

# outer_ask SECONDS REQUEST: asks the outer machine's own monitor, which always has to answer and never refuses. With the own host
# there is one machine, and one monitor.
outer_ask() {
	local channel=outer
	[ "$way" = nested ] || channel=monitor
	if ! qmp_ask "$channel" "$@"; then
		is_machine_running || lab_failed 'the outer QEMU ended'
		lab_failed "the outer QEMU did not answer '$2' in $1 s"
	fi
	case $line in *'"error": '*) lab_failed "the outer QEMU answered '$line' to '$2'" ;; esac
}

outer_begin() {
	[ "$way" = nested ] || [ -z "$monitor_begun" ] || return 0
	outer_ask 60 '{"execute":"qmp_capabilities"}'
	[ "$way" = nested ] || monitor_begun=1
}

# agent_ask REQUEST: sets $reply to its answer.
agent_ask() {
	local line
	channel_send agent "$1"
	channel_line agent 30 || lab_failed "the agent did not answer '$1' in 30 s"
	reply=$line
	case $reply in ok*) ;; *) lab_failed "the agent answered '$reply' to '$1'" ;; esac
}
