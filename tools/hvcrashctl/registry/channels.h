/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * channels.h - names of the channels that own GPADLs
 */
#ifndef HVCRASHCTL_CHANNELS_H
#define HVCRASHCTL_CHANNELS_H

#include "registry/image.h"

#define CHANNELS_MAX 4096

struct channel {
	__u32 relid;
	__u32 subchannel;
	__u8 device_class[16];
	__u8 instance[16];
};

/**
 * struct channels - those of a registry
 * @nr: how many
 * @channel: sorted by relid
 */
struct channels {
	size_t nr;
	struct channel *channel;
};

struct err *channels_read(const struct image *image, struct channels *ret);
void channels_deinit(struct channels *channels);
/* NULL if unknown */
const struct channel *channels_find(const struct channels *channels,
				    __u32 relid);

#endif
