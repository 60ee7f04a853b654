# jq: compares the module's registry with the host's own account, page for page, and trusts neither side's word alone.
#
#   $what      "before": the running kernel's list against what the host holds: overlays and ledger
#              "unload": the pages in the dump's registry against what the host held when UNLOAD came
#              "second_kernel": the pages that the audit reports left against what the host still holds of the first kernel
#   $state     the oracle's answer to "state" (tests/lab/host/oracle.c)
#   $registry  "hvcrashctl list --json", or "hvcrashctl audit --json"
#   $busy      whether GPADLs came and went until the crash: the host releases one before the guest receives the answer to the
#              teardown, and a crash in between leaves a page that only the registry names, which is safe
#   $kexec     whether the guest left by kexec: all CPUs keep running after its UNLOAD, and in a busy guest one may still go offline
#   $ranges    "a-b,c-d", hexadecimal: memory of the second kernel, which shares pages of its own there; needed only for a host
#              that does not say which kernel turned an overlay on
#
# Prints one object. "result" is "same", or "gap" if every difference is covered by a gap that the registry itself names, or
# "different". A host that knows only some kinds of pages says so in "knows".

def digit: if . >= 97 then . - 87 elif . >= 65 then . - 55 else . - 48 end;
def number_of: ltrimstr("0x") | reduce explode[] as $c (0; . * 16 + ($c | digit));
def digits: if . < 16 then "0123456789abcdef"[.:. + 1] else (. / 16 | floor | digits) + (. % 16 | digits) end;
def hex: "0x" + digits;

# The registry's names for the host's kinds
def kind_names: {simp: "SIMP", siefp: "SIEFP", sirbp: "SIRBP", vp_assist: "VP assist", hypercall: "hypercall",
	reference_tsc: "reference TSC", monitor: "VMBus monitor", interrupt: "VMBus interrupt", gpadl: "GPADL",
	ring: "GPADL"};
def is_vp_kind: IN("SIMP", "SIEFP", "SIRBP", "VP assist");
def is_vmbus_kind: IN("VMBus monitor", "VMBus interrupt", "GPADL");

# What each side says about a page, in the same words if they agree
def words($kind; $vp; $relid; $gpadl):
	if $kind | is_vp_kind then "\($kind) of VP \($vp)"
	elif $kind == "GPADL" then "GPADL \($gpadl | hex) of channel \($relid)"
	else $kind end;

def host_overlays: [.[]? | (kind_names[.kind] // .kind) as $kind |
	{gpa: (.gpa | number_of), kind: $kind, words: words($kind; .vp_index; null; null)}];
def host_ledger: [.[]? | (kind_names[.kind] // .kind) as $kind | words($kind; null; .channel; .gpadl) as $words |
	.pages[] as [$first, $count] | range($count) | {gpa: (($first + .) * 4096), kind: $kind, words: $words}];

def registry_pages: [.[] | words(.kind; .vp_index; .relid; (.gpadl // 0 | if type == "string" then number_of else . end)) as $words |
	. as $extent | (.gpa | number_of) as $gpa | range(.pages) |
	{gpa: ($gpa + . * 4096), kind: $extent.kind, words: $words, evidence: $extent.evidence, state: $extent.state}];

# Gaps that may hide pages from the registry
def covering_gaps: [.[]?.gap | select(IN("late", "dropped", "torn", "no-vmbus", "isolated", "untracked", "unknown", "phase", "vps", "under-way"))];

def ranges_of: [split(",")[] | select(. != "") | split("-") | map(number_of)];
def outside($ranges): map(select(.gpa as $g | any($ranges[]; $g >= .[0] and $g <= .[1]) | not));

# Registered by other drivers, or named by a register at the moment of the panic: the host keeps no account of those.
def is_accounted($state): .kind as $kind |
	if $state.knows then any($state.knows[]; . == $kind) else $kind | is_vp_kind or is_vmbus_kind or IN("hypercall", "reference TSC") end;

def sides:
	if $what == "before" then {
		host: (($state.overlays | host_overlays) + ($state.ledger | host_ledger)),
		registry: [$registry.extents[] | select(.state != "torn down")],
		unsure: []
	} elif $what == "unload" then {
		# The CPUs run on after a kexec's UNLOAD, so the guest may tear a GPADL down before the host releases it
		host: (($state.overlays_at_unload | host_overlays) + ([$state.ledger_at_unload[]? | select(.given_back | not)] | host_ledger)),
		registry: [$registry.findings[] | select(.state != "torn down")],
		unsure: []
	} else {
		# A crash kernel may connect VMBus itself, as 7.2 does
		host: (if $state.kernel then ($state.overlays | map(select(.kernel != $state.kernel)) | host_overlays) +
				([$state.ledger[]? | select(.kernel != $state.kernel)] | host_ledger)
			else (($state.overlays | host_overlays) + ($state.ledger | host_ledger)) | outside($ranges | ranges_of) end),
		registry: [$registry.findings[] | select(.finding == "left shared")],
		# A page that the audit names as changed is not called clean: its register read off, and the host went on writing
		unsure: [$registry.findings[] | select(.finding == "not checked" or (.finding | startswith("changed")))]
	} end;

def texts: map("\(.gpa) \(.words)");
def index_of: reduce .[] as $page ({}; .["\($page.gpa) \($page.words)"] = true);

sides as $sides |
($sides.host | map(select(is_accounted($state))) | unique_by([.gpa, .words])) as $host |
($sides.registry | map(select(is_accounted($state))) | registry_pages | unique_by([.gpa, .words])) as $named |
($sides.unsure | registry_pages | map({key: "\(.gpa)", value: true}) | from_entries) as $unsure |
($host | index_of) as $in_host | ($named | index_of) as $in_registry |
[$host[] | select($in_registry["\(.gpa) \(.words)"] | not)] as $only_host |
# Ignore overlays revoked before UNLOAD: the registry is from the end of the run and still names them
[$named[] | select($in_host["\(.gpa) \(.words)"] | not) |
	select(($what == "unload" and .state == "revoked" and (.kind | is_vmbus_kind | not)) | not)] as $only_registry |
# Pages that both sides have, but describe differently
($only_registry | map({key: "\(.gpa)", value: .words}) | from_entries) as $other |
($only_host | map({key: "\(.gpa)", value: true}) | from_entries) as $by_gpa |
($registry.gaps | covering_gaps) as $gaps |
[$only_host[] | . + {differs: (if $other["\(.gpa)"] then "kind" else "only the host" end)} |
	if .differs == "kind" then . + {registry: $other["\(.gpa)"], covered: false}
	else . + {registry: null, covered: (($gaps | length > 0) or $unsure["\(.gpa)"] == true or
		($busy and $kexec and $what == "unload" and (.kind | is_vp_kind)))} end |
	{gpa, differs, host: .words, registry, covered}] +
[$only_registry[] | select($by_gpa["\(.gpa)"] | not) |
	# A torn update may have been about to remove the page. Pages that no UNLOAD was seen to free may have been freed since.
	{gpa, differs: "only the module", host: null, registry: "\(.words), \(.evidence)",
		covered: (any($gaps[]; . == "torn") or ($what == "second_kernel" and .evidence == "UNLOAD timeout") or
			($busy and $what == "unload" and .kind == "GPADL"))}] |
sort_by(.gpa, .differs) as $differences |
{
	comparison: $what,
	result: (if $differences == [] then "same" elif all($differences[]; .covered) then "gap" else "different" end),
	host_pages: ($host | length), registry_pages: ($named | length),
	only_host: ($differences | map(select(.differs == "only the host")) | length),
	only_module: ($differences | map(select(.differs == "only the module")) | length),
	kind_differs: ($differences | map(select(.differs == "kind")) | length),
	gaps: $gaps,
	# One entry for each run of pages that differ in the same way, with their number
	differences: ([$differences | group_by(.differs, .host, .registry, .covered)[] |
		.[0] + {gpa: (.[0].gpa | hex), pages: length}] | .[:32])
}
