#pragma once

#include <string>
#include <vector>

#include "alert/alert.h"

namespace alert {

/// Something that an incident stops, starts, or leaves as it is beside that.
struct Impact {
  std::string need;       ///< stable: "conversions", "create_posts"
  std::string effect;     ///< stable: "stops", "starts", "continues"
  std::string certainty;  ///< stable: "documented", "by role name"
  std::string words;      ///< for people: "conversion uploads"
  bool operator==(const Impact&) const = default;
};
/// By the built-in table of capabilities; never a guess. Empty when nothing is known to stop or to start, and for a
/// resolved incident. Of a dead token, whose role nobody can see any more: what the widest rights would lose.
std::vector<Impact> impact_of(const Alert& alert);
/// "documented: conversion uploads stop; by role name: campaign edits stop; organic analytics still work". Empty
/// without any impact.
std::string impact_text(const std::vector<Impact>& impact);

}  // namespace alert
