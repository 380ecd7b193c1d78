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
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/call_filter.h"
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
static const unsigned refused[] = {
	SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_mount, SYS_umount2,
	SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key,
	SYS_request_key, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_swapon, SYS_swapoff,
	SYS_acct, SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_sethostname, SYS_setdomainname,
	SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setgroups, SYS_capset, SYS_personality,
	SYS_quotactl, SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_fanotify_init, SYS_mknodat, SYS_accept, SYS_accept4,
	SYS_listen, SYS_shmget, SYS_shmat, SYS_msgget, SYS_semget,
	/* the same numbers everywhere */
	425 /* io_uring_setup */, 426 /* io_uring_enter */, 427 /* io_uring_register */, 428 /* open_tree */, 429 /* move_mount */,
	430 /* fsopen */, 432 /* fsmount */, 438 /* pidfd_getfd */,
};

/* Packets as they are, devices, the kernel's own: nothing that resolvers and clients use. */
static const unsigned refused_families[] = {AF_PACKET, AF_BLUETOOTH, AF_VSOCK, AF_ALG, AF_XDP, AF_CAN, AF_RDS, AF_TIPC, AF_KEY};

enum { REFUSED = sizeof refused / sizeof *refused, FAMILIES = sizeof refused_families / sizeof *refused_families };

void confine_calls(void)
{
	struct dc_call_filter filter;
	if (!CONFINE || !dc_call_filter_begin(&filter, SECCOMP_RET_ERRNO | EPERM))
		return;
	dc_call_filter_calls(&filter, refused, REFUSED, SECCOMP_RET_ERRNO | EPERM);
	for (size_t i = 0; i < FAMILIES; i++) {
		const struct dc_call_part family[DC_CALL_FILTER_PARTS_MAX] = {{0, DC_CALL_ALL_BITS, refused_families[i]}};
		dc_call_filter_call(&filter, SYS_socket, family, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
	}
	dc_call_filter_end(&filter, SECCOMP_RET_ALLOW);
	(void)dc_call_filter_install(&filter, SECCOMP_FILTER_FLAG_TSYNC);
}
