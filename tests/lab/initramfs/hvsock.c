// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvsock.c - a socket to the lab's own host, open until the guest crashes
 *
 * Run by tests/lab/initramfs/init. Its channel has rings, and the host offers it for
 * this connection only. The host echoes (host/dev_socket.c). Prints "open" once that
 * has worked.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <linux/vm_sockets.h>

#define HOST 2 /* VMADDR_CID_HOST */
#define PORT 4711

int main(void)
{
	const struct sockaddr_vm to = { .svm_family = AF_VSOCK,
					.svm_cid = HOST,
					.svm_port = PORT };
	/* The default of two seconds is too short on an emulated machine */
	const struct timeval patience = { .tv_sec = 60 };
	int s = socket(AF_VSOCK, SOCK_STREAM, 0);
	char text[] = "to the host and back", back[sizeof(text)];

	if (s < 0 ||
	    setsockopt(s, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, &patience,
		       sizeof(patience)) ||
	    connect(s, (const struct sockaddr *)&to, sizeof(to)) ||
	    write(s, text, sizeof(text)) != sizeof(text) ||
	    recv(s, back, sizeof(back), MSG_WAITALL) != sizeof(back)) {
		perror("hvsock");
		return 1;
	}
	if (memcmp(text, back, sizeof(text))) {
		fprintf(stderr, "hvsock: something else came back\n");
		return 1;
	}
	printf("open\n");
	fflush(stdout);
	for (;;)
		pause();
}
