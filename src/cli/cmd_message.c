/* domaincheck message FILE: an audit whose identities come from a real message. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

enum { MESSAGE_READ_MAX = (25 << 20) + 1 }; /* one more than the library takes, so that it can say so */

static char *read_all(FILE *file, size_t *ret_count)
{
	size_t room = 64u << 10, count = 0;
	char *octets = malloc(room);
	while (octets && !feof(file) && !ferror(file) && count < MESSAGE_READ_MAX) {
		if (count == room) {
			char *larger = realloc(octets, room *= 2);
			if (!larger)
				free(octets);
			octets = larger;
			continue;
		}
		count += fread(octets + count, 1, room - count, file);
	}
	*ret_count = count;
	return octets;
}

static enum exit_status audit_message(struct options *options, const char *octets, size_t count, const char *shown)
{
	char domain[DC_DOMAIN_TEXT_MAX];
	char *names[] = {domain};
	struct dc_error err;
	if (dc_config_message(options->config, octets, count, domain, &err) != DC_OK) {
		complain("%s: %s", shown, err.message);
		return exit_of(err.status);
	}
	options->names = names;
	options->name_count = 1;
	enum exit_status status = cmd_audit(options);
	options->names = NULL;
	options->name_count = 0;
	return status;
}

static enum exit_status with_file(struct options *options)
{
	if (options->manifest) {
		complain("message: --config does not go with a message, which says itself how it was sent");
		return EXIT_USAGE;
	}
	if (options->name_count != 1) {
		complain("message: give one file (\"-\": standard input)");
		return EXIT_USAGE;
	}
	bool is_stdin = strcmp(options->names[0], "-") == 0;
	const char *shown = is_stdin ? "standard input" : options->names[0];
	FILE *file = is_stdin ? stdin : fopen(options->names[0], "re");
	if (!file) {
		enum exit_status fault = exit_of_errno(errno);
		complain("%s: %s", shown, strerror(errno));
		return fault;
	}
	size_t count;
	char *octets = read_all(file, &count);
	bool failed = ferror(file);
	int fault = errno;
	if (!is_stdin)
		(void)fclose(file);
	enum exit_status status = EXIT_FAULT;
	if (!octets)
		complain("%s: out of memory", shown);
	else if (failed) {
		complain("%s: %s", shown, strerror(fault));
		status = EXIT_USAGE;
	} else {
		status = audit_message(options, octets, count, shown);
	}
	free(octets);
	return status;
}

enum exit_status cmd_message(int argc, char **argv)
{
	struct options options;
	enum exit_status status = options_parse(argc, argv, &options);
	if (status == EXIT_FINE && options.help)
		options_help(&options, argv[0]);
	else if (status == EXIT_FINE)
		status = with_file(&options);
	return options_end(&options, status);
}
