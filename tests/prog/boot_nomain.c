/*
 * boot_nomain.c - a program that forgot its gort_main.
 */
int boot_nomain;
