/* job.h - why did systemd send SIGTERM: is it a restart or a stop? */
#ifndef SYSTEMD_JOB_H
#define SYSTEMD_JOB_H

enum job_kind {
	JOB_UNKNOWN, /* no systemd, no job, or no answer in time: a stop */
	JOB_STOP,
	JOB_RESTART,
};

/*
 * Ask systemd for the job of this process's unit. Blocks up to about two
 * seconds and parses D-Bus: call it in a child process.
 */
enum job_kind job_of_our_unit(void);

#endif
