/* Keys of the standards: people copy examples. RFC 6376 appendix C, RFC 8463 appendix A, RFC 8032 section 7.1. Lists of
 * leaked keys (millions of them) are deliberately not here. */
#include "dkim/sample.h"

const char *dc_dkim_sample_of(struct dc_slice fingerprint)
{
	static const struct {
		const char *fingerprint, *source;
	} samples[] = {
		{"dba3f0cb69f06d70e41abc6ac5812bc3d2639a24b621ba5d241202ac89cb7b9c", "RFC 6376 appendix C"},
		{"362d9a99501883f6d1ac717c53fff96582fb0a7c52464cb64b9082aa887bc7b4", "RFC 8463 appendix A"},
		{"06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9", "RFC 8463 appendix A"},
		{"deb2ded39dc26fce0e6085b6fc34bf6b5941913bbfe2ea614113cff9e004c170", "RFC 8032 section 7.1"},
		{"8d39ba50abe50f77b6bb8ae7b6927aff7ffbeba35ad2837c0e51e82bcbcc60d5", "RFC 8032 section 7.1"},
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		if (dc_slice_eq(fingerprint, dc_slice_of(samples[i].fingerprint)))
			return samples[i].source;
	return NULL;
}
