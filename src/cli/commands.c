/* The table of subcommands: what each takes, and what its page says. */
#include <string.h>

#include "cli/cli.h"

static const struct dc_setting spf_options[] = {
	{"flatten", 0, NULL, false, "the record with addresses in place of names"}, {0}};
static const struct dc_setting history_options[] = {
	{"db", 0, "FILE", false, "the store, a file of SQLite"}, {"domain", 0, "DOMAIN", false, "this domain only"}, {0}};

/* What they take of the options of an audit. */
static const char *const page_shared[] = {"format", "output", "color", NULL};
static const char *const message_shared[] = {"selector", "ip", "helo", "mail-from", "format", "output", "nameserver",
					     "profile", "fail-on", NULL};
static const char *const spf_shared[] = {"ip", "mail-from", "input", "format", "output", "nameserver", "zone", "live", "fail-on", NULL};
static const char *const diff_shared[] = {"format", "output", "fail-on", "color", "quiet", "verbose", NULL};
static const char *const merge_shared[] = {"input", "format", "output", NULL};
static const char *const history_shared[] = {"format", "output", "color", "quiet", "verbose", NULL};
static const char *const none_shared[] = {NULL};

static const char two_formats[] = "text (default) or json";

/* In the order of --help. */
static const struct command commands[] = {
	{"explain", "[SLUG]", "what a finding means, how to mend it", cmd_explain, NULL, page_shared, .formats = two_formats,
	 .more = "Of a check: all its findings. Without SLUG: all of them."},
	{"message", "FILE", "audit the senders of a real message", cmd_message, NULL, message_shared, .audits = true,
	 .more = "FILE is a message as it arrived (.eml), or \"-\": standard input. Its header says what to audit."},
	{"checks", "", "every check, with its standard", cmd_checks, NULL, page_shared, .formats = two_formats},
	{"profiles", "[NAME]", "requirement sets, what one requires", cmd_profiles, NULL, page_shared, .formats = two_formats},
	{"spf", "[--flatten] DOMAIN", "SPF alone, or as addresses", cmd_spf, spf_options, spf_shared, .audits = true,
	 .formats = "spf (default), spf-flat, or one of an audit"},
	{"diff", "OLD NEW", "what changed between two reports", cmd_diff, NULL, diff_shared, .formats = two_formats,
	 .more = "They are reports in json or ndjson, or recordings; one may be \"-\": standard input."},
	{"merge", "FILE...", "ndjson reports into one report", cmd_merge, NULL, merge_shared,
	 .formats = "json (default), ndjson, csv, html or prometheus", .more = "With --input in the order of that list."},
	{"history", "--db DB [REPORT]", "runs over time: first seen, trend", cmd_history, history_options, history_shared,
	 .formats = two_formats, .more = "Adds reports (json or ndjson) to the store, and shows what it knows."},
	{"completion", "SHELL", "completion for bash, zsh, fish", cmd_completion, NULL, none_shared},
};

const struct command *command_at(size_t i)
{
	return i < sizeof commands / sizeof *commands ? &commands[i] : NULL;
}

const struct command *command_of(const char *name)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}
