// SPDX-License-Identifier: GPL-2.0
#include <linux/init.h>
#include <linux/module.h>

#include "device.h"
#include "netlink.h"
#include "net.h"

#ifndef CONFIG_64BIT
#error "sipfast counts in 64 bit words that are read and written at once"
#endif

static int __init sipfast_init(void)
{
	int err;

	err = sf_net_setup();
	if (err)
		return err;
	err = sf_device_setup();
	if (err)
		goto err_net;
	err = sf_netlink_setup();
	if (err)
		goto err_device;
	return 0;

err_device:
	sf_device_teardown();
err_net:
	sf_net_teardown();
	return err;
}

static void __exit sipfast_exit(void)
{
	sf_netlink_teardown();
	sf_device_teardown();
	sf_net_teardown();
}

module_init(sipfast_init);
module_exit(sipfast_exit);

MODULE_DESCRIPTION("RTP forwarding for session border controllers");
MODULE_AUTHOR("Sipfast developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(SIPFAST_VERSION);
