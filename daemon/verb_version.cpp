#include <fmt/format.h>
#include <openssl/crypto.h>
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <boost/version.hpp>

#include "command_line.h"
#include "output.h"

namespace app {

void add_version(CLI::App& app, Invocation& invocation) {
  app.add_subcommand("version", "Say which version this is, and of which libraries")
      ->footer("Example: adsauditd version --json")
      ->callback([&invocation] {
        invocation.verb = [](const Invocation& called) {
          const std::string_view openssl = ::OpenSSL_version(OPENSSL_VERSION_STRING);
          if (called.json) {
            print_json([&](base::JsonWriter& writer) {
              writer.StartObject();
              member(writer, "version", std::string_view(ADSAUDITD_VERSION));
              member(writer, "openssl", openssl);
              member(writer, "sqlite", std::string_view(::sqlite3_libversion()));
              member(writer, "boost", std::string_view(BOOST_LIB_VERSION));
              writer.EndObject();
            });
          } else {
            fmt::print("adsauditd {} (OpenSSL {}, SQLite {}, Boost {})\n", ADSAUDITD_VERSION, openssl,
                       ::sqlite3_libversion(), BOOST_LIB_VERSION);
          }
          return kExitOk;
        };
      });
}

}  // namespace app
