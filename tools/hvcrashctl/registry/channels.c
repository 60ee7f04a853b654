// SPDX-License-Identifier: GPL-2.0-only
/*
 * channels.c - the registry's channels, sorted by relid
 *
 * Called by audit_run and verb_list, for the owners of GPADLs. A channel beyond
 * CHANNELS_MAX has no name. That is not a gap: its pages are still listed.
 */
#include <stdlib.h>
#include <string.h>

#include "registry/channels.h"

static int compare(const void *a, const void *b)
{
	const struct channel *one = a, *two = b;

	return (one->relid > two->relid) - (one->relid < two->relid);
}

struct err *channels_read(const struct image *image, struct channels *ret)
{
	__u64 room = image_count(image, HVCRASH_CHUNK_CHANNELS);
	struct hvcrash_channel record;
	struct image_iter iter;

	if (room > CHANNELS_MAX)
		room = CHANNELS_MAX;
	ret->nr = 0;
	ret->channel = calloc(room ? room : 1, sizeof(*ret->channel));
	if (!ret->channel)
		return err_create(ERR_IO, "out of memory");
	image_iter_init(&iter, image, HVCRASH_CHUNK_CHANNELS);
	while (ret->nr < room) {
		struct channel *channel = &ret->channel[ret->nr];
		struct err *err;
		bool is_end;

		err = image_next_channel(&iter, &record, &is_end);
		if (err)
			return err;
		if (is_end)
			break;
		if (record.state != HVCRASH_SHARED)
			continue;
		channel->relid = record.relid;
		channel->subchannel = record.subchannel;
		memcpy(channel->device_class, record.device_class, 16);
		memcpy(channel->instance, record.instance, 16);
		ret->nr++;
	}
	qsort(ret->channel, ret->nr, sizeof(*ret->channel), compare);
	return NULL;
}

void channels_deinit(struct channels *channels)
{
	free(channels->channel);
}

const struct channel *channels_find(const struct channels *channels,
				    __u32 relid)
{
	const struct channel key = { .relid = relid };

	return bsearch(&key, channels->channel, channels->nr, sizeof(key),
		       compare);
}
