/* What every subcommand says: its exit status. */
#include <errno.h>

#include "cli/cli.h"

enum exit_status worse(enum exit_status a, enum exit_status b)
{
	static const int rank[] = {[EXIT_FINE] = 0, [EXIT_INCOMPLETE] = 1, [EXIT_FINDINGS] = 2, [EXIT_USAGE] = 3,
				   [EXIT_FAULT] = 4};
	return rank[a] >= rank[b] ? a : b;
}

enum exit_status exit_of(enum dc_status status)
{
	switch (status) {
	case DC_OK:
		return EXIT_FINE;
	case DC_ERR_USAGE:
	case DC_ERR_INPUT:
		return EXIT_USAGE;
	default:
		return EXIT_FAULT;
	}
}

enum exit_status exit_of_errno(int error)
{
	return error == ENOMEM || error == ENFILE || error == EMFILE ? EXIT_FAULT : EXIT_USAGE;
}
