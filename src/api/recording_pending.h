#ifndef DC_API_RECORDING_PENDING_H
#define DC_API_RECORDING_PENDING_H
#include "evidence/evidence.h"
#include "base/status.h"
struct dc_recording; struct dc_recording_writer;
struct dc_recorded_audit { struct dc_slice domain; uint64_t elapsed_ms, rounds, questions; };
struct dc_recorded_option { struct dc_slice name, value; };
static inline struct dc_recording_writer *dc_recording_writer_new(void){return NULL;}
static inline void dc_recording_put_clock(struct dc_recording_writer *w, int64_t s){}
static inline void dc_recording_put_option(struct dc_recording_writer *w,const char*n, struct dc_slice v){}
static inline void dc_recording_put_answer(struct dc_recording_writer *w,const struct dc_answer*a){}
static inline void dc_recording_put_audit(struct dc_recording_writer *w,const struct dc_recorded_audit*a){}
static inline enum dc_status dc_recording_finish(struct dc_recording_writer *w,const char*p,struct dc_error*e){return DC_OK;}
static inline void dc_recording_writer_free(struct dc_recording_writer *w){}
static inline void dc_recording_free(struct dc_recording *r){}
static inline enum dc_status dc_recording_read(const char*p,struct dc_recording**r,struct dc_error*e){return dc_error_set(e,DC_ERR_INPUT,"none");}
static inline int64_t dc_recording_clock(struct dc_recording*r){return 0;}
static inline size_t dc_recording_option_count(const struct dc_recording*r){return 0;}
static inline const struct dc_recorded_option *dc_recording_option(const struct dc_recording*r,size_t i){return NULL;}
static inline size_t dc_recording_audit_count(const struct dc_recording*r){return 0;}
static inline const struct dc_recorded_audit *dc_recording_audit_at(const struct dc_recording*r,size_t i){return NULL;}
static inline const struct dc_recorded_audit *dc_recording_audit(const struct dc_recording*r,struct dc_slice d){return NULL;}
#endif
