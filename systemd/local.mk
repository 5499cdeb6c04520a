# systemd/: what is built here
# units
systemdsystemunit_DATA = systemd/gortd.service systemd/gortd.socket
sysusersdir = $(prefix)/lib/sysusers.d
sysusers_DATA = systemd/sysusers.d/gort.conf
tmpfilesdir = $(prefix)/lib/tmpfiles.d
tmpfiles_DATA = systemd/tmpfiles.d/gort.conf
EXTRA_DIST += systemd/gortd.service.in systemd/gortd.socket \
	$(sysusers_DATA) $(tmpfiles_DATA)
CLEANFILES += systemd/gortd.service
systemd/gortd.service: systemd/gortd.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) systemd && \
	$(SED) -e 's|@sbindir[@]|$(sbindir)|g' \
		$(srcdir)/systemd/gortd.service.in > $@.tmp && mv $@.tmp $@
# systemd/: thin over libsystemd, for the keeper
noinst_LIBRARIES += libgort_systemd.a
libgort_systemd_a_CPPFLAGS = $(AM_CPPFLAGS) $(SYSTEMD_CFLAGS)
libgort_systemd_a_SOURCES = \
	systemd/job.c systemd/job.h \
	systemd/listenfds.c systemd/listenfds.h \
	systemd/notify.c systemd/notify.h
