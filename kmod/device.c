// SPDX-License-Identifier: GPL-2.0
#include "device.h"

#include <linux/rtnetlink.h>
#include <linux/sipfast.h>
#include <linux/slab.h>

#include "hook.h"

bool sf_device_is_attached(struct sf_net *sn, const struct net_device *dev)
{
	return dev && xa_load(&sn->devices, dev->ifindex);
}

/* Its packets go to IP by its master, and only there are they its own. */
static bool is_port(struct net_device *dev)
{
	struct net_device *master = netdev_master_upper_dev_get(dev);

	return master && !netif_is_l3_master(master);
}

static bool is_listed(const struct sf_config *config, const char *name)
{
	unsigned int i;

	for (i = 0; i < config->ndevices; i++)
		if (!strcmp(config->devices[i], name))
			return true;
	return false;
}

static bool is_wanted(const struct sf_net *sn, struct net_device *dev)
{
	if (!sn->active || dev->reg_state != NETREG_REGISTERED)
		return false;
	switch (sn->config.hooks) {
	case SIPFAST_HOOKS_AUTO:
		return !is_port(dev);
	case SIPFAST_HOOKS_LISTED:
		return is_listed(&sn->config, dev->name);
	default:
		return false;
	}
}

static int attach(struct sf_net *sn, struct net_device *dev)
{
	struct sf_device *device;
	int err;

	device = kzalloc(sizeof(*device), GFP_KERNEL_ACCOUNT);
	if (!device)
		return -ENOMEM;
	err = xa_reserve(&sn->devices, dev->ifindex, GFP_KERNEL_ACCOUNT);
	if (err)
		goto err_device;
	err = sf_hook_ingress_add(sn, dev, &device->ops);
	if (err)
		goto err_reserved;
	/* From here on PRE_ROUTING leaves its packets alone. */
	xa_store(&sn->devices, dev->ifindex, device, GFP_KERNEL_ACCOUNT);
	return 0;

err_reserved:
	xa_release(&sn->devices, dev->ifindex);
err_device:
	kfree(device);
	return err;
}

static void detach(struct sf_net *sn, struct net_device *dev)
{
	struct sf_device *device = xa_erase(&sn->devices, dev->ifindex);

	if (!device)
		return;
	nf_unregister_net_hook(sn->net, &device->ops);
	/* Who lists hooks may be looking at it. */
	kfree_rcu(device, rcu);
}

/* Brings a device into the state it should be in; @sn->left_out tells when it is not. */
static void update(struct sf_net *sn, struct net_device *dev)
{
	bool wanted = is_wanted(sn, dev);
	bool attached = xa_load(&sn->devices, dev->ifindex);

	if (wanted && !attached && attach(sn, dev))
		sn->left_out = true;
	if (!wanted && attached)
		detach(sn, dev);
}

static int update_prerouting(struct sf_net *sn, bool wanted)
{
	int err = 0;

	if (wanted && !sn->at_prerouting)
		err = sf_hook_prerouting_add(sn);
	else if (!wanted && sn->at_prerouting)
		sf_hook_prerouting_del(sn);
	if (!err)
		sn->at_prerouting = wanted;
	return err;
}

/* Devices that are left come after PRE_ROUTING was entered, and are entered before it is left. */
int sf_device_update(struct sf_net *sn)
{
	struct net_device *dev;
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&sn->lock);
	if (sn->active && sn->config.hooks != SIPFAST_HOOKS_AUTO) {
		err = update_prerouting(sn, true);
		if (err)
			return err;
	}
	sn->left_out = false;
	for_each_netdev(sn->net, dev)
		update(sn, dev);
	return update_prerouting(sn, sn->active && (sn->left_out ||
						    sn->config.hooks != SIPFAST_HOOKS_AUTO));
}

int sf_device_use(struct sf_net *sn)
{
	int err;

	if (sn->nusers++)
		return 0;
	sn->active = true;
	err = sf_device_update(sn);
	if (err)
		sf_device_unuse(sn);
	return err;
}

void sf_device_unuse(struct sf_net *sn)
{
	if (!--sn->nusers)
		sf_device_stop(sn);
}

void sf_device_stop(struct sf_net *sn)
{
	sn->active = false;
	sf_device_update(sn);
}

/* Retries what failed before: a device that is left out costs PRE_ROUTING. */
static void device_changed(struct sf_net *sn, struct net_device *dev)
{
	if (!sn->left_out)
		update(sn, dev);
	if (sn->left_out && sf_device_update(sn))
		net_warn_ratelimited("sipfast: no memory to take media from %s\n", dev->name);
}

static int device_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct sf_net *sn = sf_net(dev_net(dev));

	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_CHANGEUPPER:
	case NETDEV_CHANGENAME:
		mutex_lock(&sn->lock);
		if (sn->active)
			device_changed(sn, dev);
		mutex_unlock(&sn->lock);
		break;
	case NETDEV_UNREGISTER:
		mutex_lock(&sn->lock);
		detach(sn, dev);
		mutex_unlock(&sn->lock);
		break;
	}
	return NOTIFY_DONE;
}

/* Last: a master lets its port go at NETDEV_UNREGISTER, too, which must not attach it again. */
static struct notifier_block device_notifier = {
	.notifier_call = device_event,
	.priority = INT_MIN,
};

int sf_device_setup(void)
{
	return register_netdevice_notifier(&device_notifier);
}

void sf_device_teardown(void)
{
	unregister_netdevice_notifier(&device_notifier);
}
