# SPDX-License-Identifier: GPL-2.0-only
# awk: parses a file of shell assignments without running it
#
# awk -v dialect=dash|bash -v dir=DIR -f assignments.awk FILE... writes each file to
# DIR/plain.NUMBER as a shell may evaluate it without doing anything: $(...), `...`
# and $((...)) are replaced by the character \001, which the value then shows. The
# names of the variables are in DIR/names. What is no plain assignment ends it with
# status 1, and "FILE, line LINE: WHY" is printed.
#
# With -v variables="NAME...", and the new values in the environment's new_NAME, it
# writes the file to DIR/changed with the last assignment of each replaced, however
# many lines it spans, and plain.1 is what becomes of that. If there is no assignment,
# or the last one extends an earlier one, a new one is added at the end.
#
# The rules are those of shell_vars.c; a test compares both with dash and bash.

function fail(why) {
	if (!failed)
		failed = line ": " why
	at = length(text) + 1
}

function peek(n) { return substr(text, at + n, 1) }

function take(    c) {
	c = substr(text, at++, 1)
	if (c == "\n")
		line++
	out = out c
	return c
}

# After the opening characters; skips the contents
function skip(opener, closer,    depth, c, quote, kept) {
	kept = out
	depth = 1
	while (at <= length(text)) {
		c = take()
		if (c == "\\")
			take()
		else if (c == "'" || (c == "\"" && closer != "`")) {
			quote = c
			while (at <= length(text) && (c = take()) != quote)
				if (c == "\\" && quote == "\"")
					take()
		} else if (c == closer && !--depth) {
			out = kept
			return
		} else if (c == opener && opener != closer)
			depth++
	}
	fail("an expansion that does not end")
}

# After "$"
function expand(quoted,    c) {
	c = peek(0)
	if (c == "(") {
		out = substr(out, 1, length(out) - 1)
		at++
		skip("(", ")")
		out = out "\001"
	} else if (c == "{") {
		take()
		if (peek(0) !~ /[A-Za-z_]/)
			return fail("an expansion without a name")
		while (peek(0) ~ /[A-Za-z0-9_]/)
			take()
		if (peek(0) != "}" && (peek(0) peek(1)) !~ /^(:[-=+]|[-=+])/)
			return fail("an expansion")
		while (at <= length(text) && (c = peek(0)) != "}") {
			if (c ~ /["'\\`]/)
				return fail("quotes in an expansion")
			take()
			if (c == "$")
				expand(quoted)
		}
		if (take() != "}")
			fail("an expansion that does not end")
	} else if (c == "[" || (c ~ /['"]/ && !quoted))
		fail("$" c)
	else if (c ~ /[0-9*@#?$!-]/)
		fail("a parameter of the shell")
}

# Reads a word, up to a blank or an operator outside of quotes
function word(    c) {
	while (at <= length(text) && (c = peek(0)) !~ /[ \t\n;&|()<>]/) {
		take()
		if (c == "$")
			expand(0)
		else if (c == "`")
			backquotes()
		else if (c == "\\")
			take()
		else if (c == "'") {
			while (at <= length(text) && take() != "'")
				;
			if (substr(text, at - 1, 1) != "'")
				fail("a quote that is not closed")
		} else if (c == "\"")
			double_quoted()
	}
}

function backquotes() {
	out = substr(out, 1, length(out) - 1)
	skip("`", "`")
	out = out "\001"
}

function double_quoted(    c) {
	while (at <= length(text)) {
		c = take()
		if (c == "\"")
			return
		if (c == "$")
			expand(1)
		else if (c == "`")
			backquotes()
		else if (c == "\\")
			take()
	}
	fail("a quote that is not closed")
}

function blanks(    c) {
	for (;;) {
		c = peek(0)
		if (c == " " || c == "\t")
			take()
		else if (c == "\\" && peek(1) == "\n") {
			take()
			take()
		} else if (c == "#") {
			c = substr(text, at)
			sub(/\n.*/, "", c)
			at += length(c)
		} else
			return
	}
}

function command_ends() { return at > length(text) || peek(0) == "\n" || peek(0) == ";" }

# At a NAME= or, in bash, NAME+=: reads it with its value
function assignment(    name, from, begin) {
	if (!match(substr(text, at), /^[A-Za-z_][A-Za-z0-9_]*\+?=/))
		return 0
	name = substr(text, at, RLENGTH - 1)
	from = at
	begin = length(out)
	if (name ~ /\+$/ && dialect == "dash")
		return fail("dash does not know +=")
	at += RLENGTH
	out = out substr(text, from, RLENGTH)
	word()
	if (peek(0) ~ /[&|()<>]/)
		fail("a command")
	name = substr(name, 1, length(name) - (name ~ /\+$/))
	if (variable == "" && !seen[name]++)
		print name >(dir "/names")
	if (name == variable) {
		last_from = from
		last_to = at
		is_built_on = substr(text, from, at - from) ~ "\\$\\{?" name || substr(text, from + length(name), 1) == "+"
	}
	return 1
}

function command() {
	if (substr(text, at) ~ /^export[ \t]/) {
		at += 6
		out = out "export"
		blanks()
		while (!command_ends() && !failed) {
			if (!assignment()) {
				if (peek(0) !~ /[A-Za-z_]/)
					return fail("a command")
				word()
			}
			blanks()
		}
		return
	}
	if (substr(text, at) ~ /^(unset|:|true)([ \t\n;]|$)/) {
		while (!command_ends() && !failed) {
			word()
			if (peek(0) ~ /[&|()<>]/)
				fail("a command")
			blanks()
		}
		return
	}
	if (!assignment())
		return fail("a command")
	for (blanks(); !command_ends() && !failed; blanks())
		if (!assignment())
			return fail("a command")
}

# parse(NAME): "text" taken apart, into "out"
function parse(variable_name) {
	variable = variable_name
	at = line = 1
	out = ""
	last_from = is_built_on = 0
	for (blanks(); at <= length(text) && !failed; blanks()) {
		if (peek(0) == "\n") {
			take()
			continue
		}
		command()
		if (peek(0) == ";")
			take()
	}
	if (failed) {
		print file ", line " failed
		exit 1
	}
}

# "text" with that value of the variable
function replace(    quoted) {
	quoted = ENVIRON["new_" variable]
	gsub(/[\\"$`]/, "\\\\&", quoted)
	if (quoted !~ /^[0-9]+$/)
		quoted = "\"" quoted "\""
	if (last_from && !is_built_on)
		return substr(text, 1, last_from - 1) variable "=" quoted substr(text, last_to)
	return text variable "=" quoted "\n"
}

{ texts[FILENAME] = texts[FILENAME] $0 "\n" }

END {
	printf "" >(dir "/names")
	for (number = 1; number < ARGC; number++) {
		file = ARGV[number]
		text = texts[file]
		n = split(variables, name)
		for (i = 1; i <= n; i++) {
			parse(name[i])
			text = replace()
		}
		if (n)
			printf "%s", text >(dir "/changed")
		parse("")
		printf "%s", out >(dir "/plain." number)
	}
}
