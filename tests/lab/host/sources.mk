# SPDX-License-Identifier: GPL-2.0-only
# sources.mk - the sources common to both back ends
#
# host_dir is the directory of this file. Objects are named after their sources; the back
# end's rule for %.o finds these through vpath, and adds $(host_cflags): the compiler must
# not turn a function's body into a call to itself.

host_dir := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

host_core := host.c options.c registers.c hypercalls.c guest.c overlay.c synic.c \
	timers.c faults.c oracle.c oracle_state.c vmbus.c channels.c ledger.c rings.c noise.c \
	gpa.c devices.c dev_balloon.c dev_ic.c dev_net.c net_rndis.c net_frames.c \
	dev_scsi.c scsi_disk.c dev_socket.c dev_uio.c
host_core_lib := format.c parse.c
# Replacements for the C library
host_libc := string.c heap.c
# For the back ends only
host_bare := end.c

host_sources := $(host_core:%=$(host_dir)/%) \
	$(host_core_lib:%=$(host_dir)/lib/%)
host_sources_bare := $(host_sources) $(host_libc:%=$(host_dir)/lib/%) \
	$(host_bare:%=$(host_dir)/%)
host_objects := $(notdir $(host_sources_bare:.c=.o))
host_headers := $(wildcard $(host_dir)/*.h $(host_dir)/lib/*.h)
host_cflags := -I$(host_dir) -fno-tree-loop-distribute-patterns
vpath %.c $(host_dir) $(host_dir)/lib
