#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "store/seal.h"
#include "store/sqlite.h"
#include "store/store.h"

namespace store {

/// Ids of the keys that may have sealed something: none in a new database, two while all is sealed anew.
std::vector<std::string> sealed_with(const Database& database);

/// Requires a transaction. Forgets keys that `seal` does not have when nothing is left of what they sealed, so that a
/// lost key does not lock the database for ever. Throws LockedStore when a running daemon has another key.
void forget_lost_keys(Database& database, const Seal& seal);
/// Some token has secrets.
bool holds_secrets(const Database& database);

/// A daemon notes which keys it opens secrets with, so that nothing is sealed with one that it does not know.
void note_keys_of_daemon(Database& database, const Seal& seal);

struct Rotation {
  std::uint64_t resealed = 0;           ///< tokens, in this run
  std::vector<std::string> unreadable;  ///< names of tokens that the old key does not open; they stay as they are
  bool complete = false;                ///< nothing is sealed with the old key any more, and the store refuses it
  std::uint64_t leftovers = 0;          ///< places in the files that still hold what it sealed
};

/// Seals all secrets anew with `options.key`, beside a daemon that may be running: `options.old_key` has sealed them so
/// far. A thousand tokens at a time; what a run that was cut short has done stays, and the next one goes on from there.
/// Whatever the old key sealed is overwritten in the files then. `progress` is told how many tokens are done, of how
/// many.
/// Throws UnusableStore when a key is missing or is not the one that sealed what is there, and LockedStore when a
/// running daemon was started without the new key.
Rotation rotate_key(const StoreOptions& options, base::Random& random, base::Instant now,
                    const std::function<void(std::uint64_t done, std::uint64_t all)>& progress);

}  // namespace store
