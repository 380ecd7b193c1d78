/* Options: the library's settings and our own in one table for getopt_long. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"

/* Ours: what concerns files, looks and the run as a whole. */
enum own_row {
	OWN_INPUT, OWN_FORMAT, OWN_OUTPUT, OWN_COLOR, OWN_PROGRESS, OWN_QUIET, OWN_VERBOSE, OWN_CSV, OWN_RESUME, OWN_HELP,
	OWN_HELP_ALL, OWN_VERSION,
	OWN_COUNT
};
static const struct dc_setting own[OWN_COUNT] = {
	{"input", 'i', "FILE", true, "names, one a line, # comments (\"-\": standard input)"},
	{"format", 'f', "NAME", true, "report format (default text)"},
	{"output", 'o', "FILE", true, "report into a file, written whole or not at all"},
	{"color", 0, "auto|always|never", false, "colours (NO_COLOR is honoured)"},
	{"progress", 0, "auto|always|never", false, "a progress line on standard error (default: on a terminal)"},
	{"quiet", 'q', NULL, false, "verdicts only"},
	{"verbose", 'v', NULL, false, "evidence too, and all of every domain"},
	{"csv", 0, "domains|findings", false, "what a row of -f csv is (default domains)"},
	{"resume", 0, "FILE", false, "leave out the domains that this ndjson report has"},
	{"help", 'h', NULL, false, "the options one needs most"},
	{"help-all", 0, NULL, false, "all of them"},
	{"version", 'V', NULL, false, "the version"},
};

enum { OPTIONS_MAX = 96 };

const struct dc_setting *option_at(size_t i)
{
	return i < OWN_COUNT ? &own[i] : dc_setting_at(i - OWN_COUNT);
}

/* ---- our own ---- */

static bool three_ways(const char *name, const char *value, int *ret_choice)
{
	static const char *const words[] = {"auto", "always", "never"};
	for (int i = 0; i < 3; i++)
		if (strcmp(value, words[i]) == 0) {
			*ret_choice = i;
			return true;
		}
	complain("--%s: \"%s\" is not auto, always or never", name, value);
	return false;
}

static bool known_format(const char *name)
{
	struct dc_format_info info;
	for (size_t i = 0; dc_format_info_at(i, &info); i++)
		if (strcmp(info.name, name) == 0)
			return true;
	(void)fputs("domaincheck: --format: there is no format \"", stderr);
	put_plain(name, stderr);
	(void)fputs("\"; there are:", stderr);
	for (size_t i = 0; dc_format_info_at(i, &info); i++)
		(void)fprintf(stderr, " %s", info.name);
	(void)fputc('\n', stderr);
	return false;
}

/* -f and -o come in pairs: either begins a new one when the last has it already. */
static bool add_output(struct options *options, const char *format, const char *path)
{
	struct output *last = options->output_count ? &options->outputs[options->output_count - 1] : NULL;
	if (!last || (format && last->format) || (path && last->path)) {
		if (options->output_count == OUTPUTS_MAX) {
			complain("more than %d reports of one run", OUTPUTS_MAX);
			return false;
		}
		last = &options->outputs[options->output_count++];
	}
	if (format)
		last->format = format;
	if (path)
		last->path = path;
	return true;
}

static bool set_own(struct options *options, size_t row, const char *value)
{
	int choice;
	switch ((enum own_row)row) {
	case OWN_INPUT:
		if (options->input_count == INPUTS_MAX) {
			complain("--input: more than %d files", INPUTS_MAX);
			return false;
		}
		options->inputs[options->input_count++] = value;
		return true;
	case OWN_FORMAT:
		return known_format(value) && add_output(options, value, NULL);
	case OWN_OUTPUT:
		return add_output(options, NULL, value);
	case OWN_COLOR:
	case OWN_PROGRESS:
		if (!three_ways(own[row].name, value, &choice))
			return false;
		*(row == OWN_COLOR ? (int *)&options->color : (int *)&options->progress) = choice;
		return true;
	case OWN_QUIET:
		return options->quiet = true;
	case OWN_VERBOSE:
		return options->verbose = true;
	case OWN_CSV:
		options->per_finding = strcmp(value, "findings") == 0;
		if (!options->per_finding && strcmp(value, "domains") != 0)
			complain("--csv: \"%s\" is not domains or findings", value);
		return options->per_finding || strcmp(value, "domains") == 0;
	case OWN_RESUME:
		options->resume = value;
		return true;
	case OWN_HELP_ALL:
		options->whole_help = true;
		return options->help = true;
	case OWN_HELP:
		return options->help = true;
	default:
		return options->version = true;
	}
}

static void tell_fault(void *user, const char *line)
{
	(void)user;
	complain("%s", line);
}

/* All that is wrong with it at once. */
static bool set_manifest(struct options *options, const char *path)
{
	struct dc_error err = {0};
	bool told = false;
	enum dc_status status = dc_config_manifest(options->config, path, tell_fault, NULL, &err);
	told = status == DC_ERR_INPUT && strncmp(err.message, "--config", 8) != 0;
	if (status != DC_OK && !told)
		complain("%s", err.message);
	options->manifest = status == DC_OK;
	options->no_memory = status == DC_ERR_NOMEM;
	return status == DC_OK;
}

/* For confine.c; more than fit are read before it comes to that, or are a mistake. */
static void note_file(struct options *options, const struct dc_setting *row, const char *value)
{
	if (row->argument && strstr(row->argument, "FILE") && options->file_count < FILES_MAX)
		options->files[options->file_count++] = value;
	if (strcmp(row->name, "record") == 0)
		options->record = value;
}

static bool set_library(struct options *options, const struct dc_setting *row, const char *value)
{
	struct dc_error err;
	note_file(options, row, value);
	if (strcmp(row->name, "config") == 0)
		return set_manifest(options, value);
	if (dc_config_set(options->config, row->name, value, &err) != DC_OK) {
		complain("%s", err.message);
		options->no_memory = err.status == DC_ERR_NOMEM;
		return false;
	}
	options->replay |= strcmp(row->name, "replay") == 0;
	options->zone |= strcmp(row->name, "zone") == 0;
	options->dnssec_given |= strcmp(row->name, "dnssec") == 0;
	options->authority_given |= strcmp(row->name, "authority") == 0;
	return true;
}

/* ---- all ---- */

static void explain_mistake(int code, char **argv)
{
	const char *typed = argv[optind - 1];
	if (code == ':')
		complain("%s needs a value: see domaincheck --help", typed);
	else if (optopt && optopt < 256)
		complain("there is no option -%c: see domaincheck --help", optopt);
	else
		complain("there is no option %s: see domaincheck --help", typed);
}

static bool only_one_stdout(const struct options *options)
{
	size_t to_stdout = 0;
	for (size_t i = 0; i < options->output_count; i++)
		to_stdout += !options->outputs[i].path;
	if (to_stdout > 1)
		complain("two reports would go to standard output: give all but one a file with --output");
	return to_stdout <= 1;
}

enum exit_status options_parse(int argc, char **argv, struct options *options)
{
	struct option table[OPTIONS_MAX] = {0};
	char letters[2 * OPTIONS_MAX + 2] = ":";
	size_t n = 1, count = 0;
	*options = (struct options){.config = dc_config_new()};
	if (!options->config) {
		complain("out of memory");
		return EXIT_FAULT;
	}
	for (const struct dc_setting *row; count < OPTIONS_MAX - 1 && (row = option_at(count)) != NULL; count++) {
		int has = row->argument ? required_argument : count < OWN_COUNT ? no_argument : optional_argument;
		table[count] = (struct option){row->name, has, NULL, 256 + (int)count};
		if (row->letter) {
			letters[n++] = row->letter;
			if (row->argument)
				letters[n++] = ':';
		}
	}
	opterr = 0;
	for (int code; (code = getopt_long(argc, argv, letters, table, NULL)) != -1;) {
		size_t row = 0;
		if (code == '?' || code == ':') {
			explain_mistake(code, argv);
			return EXIT_USAGE;
		}
		while (code < 256 ? option_at(row)->letter != code : row != (size_t)(code - 256))
			row++;
		const char *value = optarg ? optarg : "yes";
		if (!(row < OWN_COUNT ? set_own(options, row, value) : set_library(options, option_at(row), value)))
			return options->no_memory ? EXIT_FAULT : EXIT_USAGE;
	}
	options->names = argv + optind;
	options->name_count = argc - optind;
	return only_one_stdout(options) ? EXIT_FINE : EXIT_USAGE;
}

enum exit_status options_end(struct options *options, enum exit_status status)
{
	dc_config_free(options->config);
	if (fflush(stdout) == 0)
		return status;
	complain("standard output could not be written");
	return EXIT_FAULT;
}

/* ---- looks ---- */

static bool is_utf8(void)
{
	const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	for (size_t i = 0; i < 3; i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

/* Of COLUMNS; 0: it says nothing. */
static unsigned columns_of(const char *text)
{
	char *end;
	long columns = strtol(text, &end, 10);
	return *end || columns < 0 || columns > UINT16_MAX ? 0 : (unsigned)columns;
}

struct dc_look look_for(const struct options *options, bool to_stdout)
{
	struct dc_look look = {.quiet = options->quiet, .verbose = options->verbose,
			       .per_finding = options->per_finding};
	bool terminal = to_stdout && isatty(STDOUT_FILENO);
	const char *term = getenv("TERM"), *none = getenv("NO_COLOR"), *columns = getenv("COLUMNS");
	struct winsize size;
	look.color = options->color == ALWAYS ||
		     (options->color == AUTO && terminal && !(none && *none) && term && strcmp(term, "dumb") != 0);
	look.utf8 = is_utf8();
	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		look.width = size.ws_col;
	else if (to_stdout && columns)
		look.width = columns_of(columns);
	if (look.width > 120)
		look.width = 120; /* longer lines are hard to read */
	return look;
}
