#pragma once

namespace store {

// SQL, one file for each step. What was released is never edited.
//
// All times are milliseconds since the epoch, UTC. `number` is of the database alone, `id` is known above it: 16 bytes,
// or its last 10 where a time of the row gives the first 6. Columns of the type ANY hold what is usual in its shortest
// form and all else as text; row_value.h tells how.

extern const char kFirstStep[];
extern const char kSecondStep[];
extern const char kThirdStep[];
extern const char kFourthStep[];
extern const char kFifthStep[];

}  // namespace store
