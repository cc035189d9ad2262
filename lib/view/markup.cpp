#include "view/markup.h"

#include <string>

#include "base/ensure.h"
#include "base/text.h"

namespace view {
namespace {

void write_escaped(std::ostream& out, std::string_view text) {
  for (const char c : base::clean_text(text)) {
    switch (c) {
      case '&':
        out << "&amp;";
        break;
      case '<':
        out << "&lt;";
        break;
      case '>':
        out << "&gt;";
        break;
      case '"':
        out << "&quot;";
        break;
      case '\'':
        out << "&#39;";
        break;
      default:
        out << c;
    }
  }
}

}  // namespace

void Markup::tag(std::string_view element, Attributes attributes) {
  out_ << '<' << element;
  for (const auto& [name, value] : attributes) {
    out_ << ' ' << name << "=\"";
    write_escaped(out_, value);
    out_ << '"';
  }
  out_ << '>';
}

void Markup::open(std::string_view element, Attributes attributes) {
  tag(element, attributes);
  open_.push_back(element);
}

void Markup::single(std::string_view element, Attributes attributes) { tag(element, attributes); }

void Markup::close() {
  ENSURE(!open_.empty());
  out_ << "</" << open_.back() << '>';
  open_.pop_back();
}

void Markup::text(std::string_view text) { write_escaped(out_, text); }

void Markup::element(std::string_view element, std::string_view text, Attributes attributes) {
  open(element, attributes);
  this->text(text);
  close();
}

}  // namespace view
