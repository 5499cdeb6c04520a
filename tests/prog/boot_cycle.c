/*
 * boot_cycle.c - packages that import each other in a circle: refused by name,
 * and no initialiser has run.
 */
#include "gort.h"

#include <stdio.h>

GORT_PACKAGE(alpha, beta);
GORT_PACKAGE(beta, gamma_);
GORT_PACKAGE(gamma_, alpha);
GORT_PACKAGE(zero);

static void
alpha_init(void)
{
	printf("alpha ran\n");
}

static void
beta_init(void)
{
	printf("beta ran\n");
}

static void
gamma__init(void)
{
	printf("gamma_ ran\n");
}

static void
zero_init(void)
{
	printf("zero ran\n");
}

int
gort_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("main ran\n");
	return 0;
}
