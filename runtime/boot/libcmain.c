/*
 * libcmain.c - the main that libc's start code calls, when it is ours.
 *
 * An object of its own in the archive: a program that brings its own main
 * (each Check test does) never pulls it in and boots by rt_boot_test.
 */
#include "boot/boot.h"

int main(int argc, char **argv);

int
main(int argc, char **argv)
{
	rt0_go(argc, argv);
}
