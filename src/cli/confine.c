/* What the process gives up before it hears the first octet from the network. Attackers write those octets; should one of the
 * libraries that read them be taken over, it finds no other program to run, no file to read but those that were named and the
 * system's own, and none to write but the reports.
 *
 * Files: Landlock (Linux 5.13 and later), which holds for every thread and process that comes after. Calls: a seccomp filter
 * that refuses what no resolver, TLS library or report needs. A kernel without the one or the other is no reason to
 * fail: the rest is done. Not here: the receivers' libraries, whose own process may do next to nothing (src/receiver/sandbox.c). */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/cli.h"

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

enum { FIRST_WITH_REFER = 2, FIRST_WITH_TRUNCATE = 3 }; /* versions of Landlock */

#define READ_FILE (LANDLOCK_ACCESS_FS_READ_FILE)
#define READ_ALL (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
/* A report is written beside its place and then takes its name. */
#define REPLACE                                                                                                        \
	(READ_ALL | WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REFER)
/* All that Landlock knew in its first version: what is not allowed below is refused. */
#define EVERYTHING_1 ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

/* Resolvers, certificates, the trust anchor, the public suffix list, providers of OpenSSL, entropy. */
static const char *const system_places[] = {"/etc", "/usr", "/lib", "/lib64", "/dev", "/proc", "/run", "/sys/devices/system/cpu",
					    "/var/lib/unbound"};

struct ruleset {
	int fd;
	uint64_t handled;
};

/* A path that is not there needs no rule. */
static void allow(const struct ruleset *rules, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = {.parent_fd = open(path, O_PATH | O_CLOEXEC)};
	struct stat st;
	if (rule.parent_fd < 0)
		return;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		access &= WRITE_FILE;
	rule.allowed_access = access & rules->handled;
	(void)syscall(SYS_landlock_add_rule, rules->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	(void)close(rule.parent_fd);
}

static void allow_parent(const struct ruleset *rules, const char *path, uint64_t access)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	if (folder)
		allow(rules, folder, access);
	free(folder);
}

/* "FILE", "NAME=FILE" */
static void allow_named(const struct ruleset *rules, const char *word)
{
	const char *value = strchr(word, '=');
	allow(rules, word, READ_ALL);
	if (value)
		allow(rules, value + 1, READ_ALL);
}

static bool open_ruleset(struct ruleset *ret_rules)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = {.handled_access_fs = EVERYTHING_1};
	if (version < 1)
		return false;
	if (version >= FIRST_WITH_REFER)
		attr.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= FIRST_WITH_TRUNCATE)
		attr.handled_access_fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
	*ret_rules = (struct ruleset){(int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0), attr.handled_access_fs};
	return ret_rules->fd >= 0;
}

void confine_files(const struct options *options)
{
	struct ruleset rules;
	if (!CONFINE || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !open_ruleset(&rules))
		return;
	for (size_t i = 0; i < sizeof system_places / sizeof *system_places; i++)
		allow(&rules, system_places[i], READ_ALL);
	allow(&rules, "/dev/null", WRITE_FILE);
	for (size_t i = 0; i < options->input_count; i++)
		allow(&rules, options->inputs[i], READ_ALL);
	for (size_t i = 0; i < options->file_count; i++)
		allow_named(&rules, options->files[i]);
	if (options->record)
		allow_parent(&rules, options->record, REPLACE);
	if (options->resume)
		allow(&rules, options->resume, WRITE_FILE);
	for (size_t i = 0; i < options->output_count; i++)
		if (options->outputs[i].path)
			allow_parent(&rules, options->outputs[i].path, REPLACE);
	(void)syscall(SYS_landlock_restrict_self, rules.fd, 0);
	(void)close(rules.fd);
}

/* Refused with EPERM: a library that only tries goes on. */
static const int refused[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
	SCMP_SYS(kcmp), SCMP_SYS(pidfd_getfd), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot),
	SCMP_SYS(open_tree), SCMP_SYS(move_mount), SCMP_SYS(fsopen), SCMP_SYS(fsmount), SCMP_SYS(unshare), SCMP_SYS(setns),
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register), SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(init_module),
	SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(reboot),
	SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(adjtimex),
	SCMP_SYS(clock_adjtime), SCMP_SYS(sethostname), SCMP_SYS(setdomainname), SCMP_SYS(setuid), SCMP_SYS(setgid),
	SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid), SCMP_SYS(setresgid), SCMP_SYS(setgroups), SCMP_SYS(capset),
	SCMP_SYS(personality), SCMP_SYS(iopl), SCMP_SYS(ioperm), SCMP_SYS(quotactl), SCMP_SYS(name_to_handle_at),
	SCMP_SYS(open_by_handle_at), SCMP_SYS(fanotify_init), SCMP_SYS(lookup_dcookie), SCMP_SYS(mknod), SCMP_SYS(mknodat),
	SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(listen), SCMP_SYS(shmget), SCMP_SYS(shmat), SCMP_SYS(msgget), SCMP_SYS(semget),
};

/* Families above those that resolvers and clients use: packets as they are, devices, other hosts' worlds. */
static bool refuse_families(scmp_filter_ctx filter)
{
	static const int families[] = {AF_PACKET, AF_BLUETOOTH, AF_VSOCK, AF_ALG, AF_XDP, AF_CAN, AF_RDS, AF_TIPC, AF_KEY};
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
				     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i])) != 0)
			return false;
	return true;
}

void confine_calls(void)
{
	scmp_filter_ctx filter = CONFINE ? seccomp_init(SCMP_ACT_ALLOW) : NULL;
	if (!filter)
		return;
	bool fine = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 && refuse_families(filter);
	for (size_t i = 0; fine && i < sizeof refused / sizeof *refused; i++) {
		int status = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
		fine = status == 0 || status == -EDOM; /* a call that this machine does not have */
	}
	if (fine)
		(void)seccomp_load(filter);
	seccomp_release(filter);
}
