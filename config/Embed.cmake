# SPDX-License-Identifier: MIT
# cmake -DOUTPUT=x.c -DFILES=a.yaml|b.yaml -P Embed.cmake: the files as the C array hp__builtins.
string(REPLACE "|" ";" FILES "${FILES}")
set(texts "")
set(table "")
set(index 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  # Lines of 16 bytes, five characters each.
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)"
    "\\1\n  " bytes "${bytes}")
  string(APPEND texts "static const unsigned char text_${index}[] = {\n  ${bytes}0};\n\n")
  string(APPEND table "  {\"built-in ${name}\", (const char *)text_${index}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT} "/* SPDX-License-Identifier: MIT */
/* Generated from the YAML files in config/. */
#include \"config/catalog.h\"

${texts}const struct hp_builtin hp__builtins[] = {
${table}};

const size_t hp__builtin_count = ${index};
")
