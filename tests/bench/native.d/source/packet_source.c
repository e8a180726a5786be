// SPDX-License-Identifier: GPL-2.0
/*
 * Sends RTP from inside a User-Mode Linux kernel, and takes the time: between two packets there
 * is no system call, whose cost there would be many times that of a packet.
 *
 * /dev/packet_source, of whoever has it open: each write adds a frame, Ethernet to RTP over IPv4
 * and UDP with right checksums. SOURCE_RUN sends them in turn, from the device in the caller's
 * network namespace; the sequence number grows by 1 and the timestamp by 160 in each frame each
 * time. It returns once all that was sent has been taken in on the other side of a veth.
 */
#include <linux/etherdevice.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/ip.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/udp.h>
#include <net/checksum.h>

#define MAX_FRAMES 4096
#define MAX_SIZE 512

struct source_run {
	__u32 ifindex;
	__u32 burst; /* packets between which the other side does not run */
	__u32 slice; /* packets per time taken, a multiple of burst */
	__u32 slices;
	__aligned_u64 times; /* pointer to slices __u64: ns of CPU time each */
};

#define SOURCE_RUN _IOW('S', 1, struct source_run)

struct rtp {
	__u8 first;
	__u8 payload_type;
	__be16 sequence;
	__be32 timestamp;
	__be32 ssrc;
} __packed;

struct frame {
	unsigned int size;
	u8 data[MAX_SIZE];
};

struct source {
	struct mutex lock; /* of all below */
	unsigned int count, next;
	struct frame *frames[MAX_FRAMES];
};

#define HEADERS (ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr) + sizeof(struct rtp))

/*
 * CPU time of the host's thread that this kernel runs in, ns: what other processes of the host
 * take does not count. A kernel in User-Mode Linux can call the host as any program.
 */
static u64 host_cpu_time(void)
{
	struct {
		long seconds, nanoseconds;
	} now = {};
	const long clock_gettime = 228, thread_cputime = 3;
	long result = clock_gettime;

	asm volatile("syscall"
		     : "+a"(result)
		     : "D"(thread_cputime), "S"(&now)
		     : "rcx", "r11", "memory");
	return (u64)now.seconds * NSEC_PER_SEC + now.nanoseconds;
}

static void advance(struct frame *f)
{
	struct udphdr *udp = (void *)f->data + ETH_HLEN + sizeof(struct iphdr);
	struct rtp *rtp = (void *)(udp + 1);
	__be16 sequence = cpu_to_be16(be16_to_cpu(rtp->sequence) + 1);
	__be32 timestamp = cpu_to_be32(be32_to_cpu(rtp->timestamp) + 160);

	csum_replace2(&udp->check, rtp->sequence, sequence);
	csum_replace4(&udp->check, rtp->timestamp, timestamp);
	rtp->sequence = sequence;
	rtp->timestamp = timestamp;
}

/* As it comes from a device that has checked the checksum. */
static struct sk_buff *packet(struct net_device *dev, struct frame *f)
{
	struct sk_buff *skb = netdev_alloc_skb(dev, LL_RESERVED_SPACE(dev) + f->size);

	if (!skb)
		return NULL;
	skb_reserve(skb, LL_RESERVED_SPACE(dev) - ETH_HLEN);
	skb_put_data(skb, f->data, f->size);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb_set_transport_header(skb, ETH_HLEN + sizeof(struct iphdr));
	skb->protocol = htons(ETH_P_IP);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	advance(f);
	return skb;
}

static int send_burst(struct source *s, struct net_device *dev, unsigned int count)
{
	int ret = 0;

	local_bh_disable();
	while (count-- && !ret) {
		struct sk_buff *skb = packet(dev, s->frames[s->next]);

		s->next = (s->next + 1) % s->count;
		ret = skb ? dev_queue_xmit(skb) : -ENOMEM;
	}
	local_bh_enable();
	/* The backlog of the device is left to ksoftirqd when there is too much at once. */
	while (local_softirq_pending())
		schedule();
	return ret > 0 ? net_xmit_errno(ret) : ret;
}

static int run(struct source *s, struct net_device *dev, const struct source_run *r)
{
	u64 __user *times = u64_to_user_ptr(r->times);
	unsigned int i, sent;
	u64 begin;
	int ret;

	for (i = 0; i < r->slices; i++) {
		begin = host_cpu_time();
		for (sent = 0; sent < r->slice; sent += r->burst) {
			ret = send_burst(s, dev, r->burst);
			if (ret)
				return ret;
		}
		if (put_user(host_cpu_time() - begin, times + i))
			return -EFAULT;
		if (signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

static long source_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct source *s = file->private_data;
	struct net_device *dev;
	struct source_run r;
	int ret = -EINVAL;

	if (command != SOURCE_RUN)
		return -ENOTTY;
	if (copy_from_user(&r, (void __user *)argument, sizeof(r)))
		return -EFAULT;
	dev = dev_get_by_index(current->nsproxy->net_ns, r.ifindex);
	if (!dev)
		return -ENODEV;
	mutex_lock(&s->lock);
	if (s->count && r.burst && r.slice % r.burst == 0)
		ret = run(s, dev, &r);
	mutex_unlock(&s->lock);
	dev_put(dev);
	return ret;
}

static ssize_t source_write(struct file *file, const char __user *data, size_t size, loff_t *off)
{
	struct source *s = file->private_data;
	ssize_t ret = size;
	struct frame *f;

	if (size < HEADERS || size > MAX_SIZE)
		return -EMSGSIZE;
	f = kmalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	f->size = size;
	if (copy_from_user(f->data, data, size)) {
		kfree(f);
		return -EFAULT;
	}
	mutex_lock(&s->lock);
	if (s->count < MAX_FRAMES) {
		s->frames[s->count++] = f;
	} else {
		kfree(f);
		ret = -ENOSPC;
	}
	mutex_unlock(&s->lock);
	return ret;
}

static int source_open(struct inode *inode, struct file *file)
{
	struct source *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	mutex_init(&s->lock);
	file->private_data = s;
	return 0;
}

static int source_release(struct inode *inode, struct file *file)
{
	struct source *s = file->private_data;
	unsigned int i;

	for (i = 0; i < s->count; i++)
		kfree(s->frames[i]);
	kfree(s);
	return 0;
}

static const struct file_operations source_operations = {
	.owner = THIS_MODULE,
	.open = source_open,
	.release = source_release,
	.write = source_write,
	.unlocked_ioctl = source_ioctl,
};

static struct miscdevice source_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "packet_source",
	.mode = 0600,
	.fops = &source_operations,
};
module_misc_device(source_device);

MODULE_DESCRIPTION("RTP from inside a User-Mode Linux kernel");
MODULE_LICENSE("GPL");
