#include <curl/curlver.h>
#include <fmt/core.h>
#include <gnu/libc-version.h>
#include <openssl/crypto.h>
#include <spdlog/version.h>
#include <sqlite3.h>
#include <sys/utsname.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <boost/version.hpp>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <thread>

#include "base/text.h"
#include "bug_report.h"

namespace app {
namespace {

constexpr std::uint64_t kSystemdPatience = 2'000'000;  // microseconds

/// The value of a variable in os-release(5), or nothing.
std::string os_release(std::string_view variable) {
  std::ifstream file("/etc/os-release");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(variable) || line.size() == variable.size() || line[variable.size()] != '=') continue;
    std::string value = line.substr(variable.size() + 1);
    std::erase(value, '"');
    return value;
  }
  return "";
}

struct Free {
  void operator()(sd_bus* bus) const { ::sd_bus_flush_close_unref(bus); }
  void operator()(char* text) const { std::free(text); }
};

/// Of the systemd that runs, as it tells by D-Bus.
PublicText systemd_version() {
  if (::sd_booted() <= 0) return "not running";
  sd_bus* opened = nullptr;
  if (::sd_bus_open_system(&opened) < 0) return "unknown";
  const std::unique_ptr<sd_bus, Free> bus(opened);
  ::sd_bus_set_method_call_timeout(bus.get(), kSystemdPatience);
  char* told = nullptr;
  if (::sd_bus_get_property_string(bus.get(), "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                                   "org.freedesktop.systemd1.Manager", "Version", nullptr, &told) < 0)
    return "unknown";
  const std::unique_ptr<char, Free> version(told);
  return PublicText::version(version.get());
}

std::string_view boost_version() { return BOOST_LIB_VERSION; }

}  // namespace

Section program_section() {
  std::string boost(boost_version());
  std::replace(boost.begin(), boost.end(), '_', '.');
  return {"program",
          {{"version", PublicText(ADSAUDITD_VERSION)},
           {"build_type", PublicText(ADSAUDITD_BUILD_TYPE)},
           {"sanitizers", PublicText(ADSAUDITD_SANITIZERS)},
           {"compiler", PublicText(ADSAUDITD_COMPILER)},
           {"libc", PublicText::version(::gnu_get_libc_version())},
           {"openssl", PublicText::version(::OpenSSL_version(OPENSSL_VERSION_STRING))},
           {"sqlite", PublicText::version(::sqlite3_libversion())},
           {"curl", PublicText(LIBCURL_VERSION)},
           {"boost", PublicText::version(boost)},
           {"fmt", std::int64_t{FMT_VERSION}},
           {"spdlog", std::int64_t{SPDLOG_VERSION}}}};
}

Section machine_section() {
  utsname kernel{};
  ::uname(&kernel);
  constexpr std::int64_t kMebibyte = 1 << 20;
  return {"machine",
          {{"kernel", PublicText::version(kernel.release)},
           {"architecture",
            PublicText::one_of(kernel.machine, {"x86_64", "aarch64", "armv7l", "riscv64", "ppc64le", "s390x"})},
           {"distribution", PublicText::one_of(os_release("ID"), {"debian", "ubuntu", "raspbian", "linuxmint", "fedora",
                                                                  "rhel", "centos", "rocky", "almalinux", "arch",
                                                                  "alpine", "nixos", "opensuse-leap", "sles", "amzn"})},
           {"distribution_version", PublicText::version(os_release("VERSION_ID"))},
           {"systemd", systemd_version()},
           {"processors", std::int64_t{std::thread::hardware_concurrency()}},
           {"memory_mib", std::int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE) / kMebibyte}}};
}

}  // namespace app
