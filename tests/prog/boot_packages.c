/*
 * boot_packages.c - initialisers run once each, imports first, before main.
 * One of them allocates: 100 objects in slots of 48 bytes.
 */
#include "gort.h"

#include <stdio.h>

GORT_PACKAGE(app, store, net);
GORT_PACKAGE(store, logging);
GORT_PACKAGE(net, logging);
GORT_PACKAGE(logging);

static void
app_init(void)
{
	printf("app\n");
}

static void *shelf[100];

static void
store_init(void)
{
	for (int i = 0; i < 100; i++)
		shelf[i] = gort_alloc(40);
	printf("store\n");
}

static void
net_init(void)
{
	printf("net\n");
}

static void
logging_init(void)
{
	printf("logging\n");
}

int
gort_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("main\n");
	return 0;
}
