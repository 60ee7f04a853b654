// SPDX-License-Identifier: GPL-2.0-only
/*
 * devices.c - the devices that can be offered; a device's relid is its position
 * here
 */
#include "device.h"

const struct device *const devices[] = {
	&balloon_device,  &heartbeat_device, &timesync_device,
	&shutdown_device, &kvp_device,	     &net_device,
	&scsi_device,	  &socket_device,    &uio_device,
};

const u32 nr_devices = ARRAY_SIZE(devices);
