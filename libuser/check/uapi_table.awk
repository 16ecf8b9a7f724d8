# SPDX-License-Identifier: LGPL-2.1-or-later
# Reads uapi/linux/rtm.h and prints a program part that shows, as lines of the
# assembly it is compiled to, where every member of every structure lies.
BEGIN {
	print "#include <stddef.h>"
	print "#include <linux/rtm.h>"
	print "#define SHOW(name, value) __asm__ volatile(\"\\n.ascii \\\"@@ \" \\"
	print "\tname \" %c0\\\"\" : : \"i\"((int)(value)))"
	print "void layout(void);"
	print "void layout(void)"
	print "{"
}
/^struct [a-z_]+ \{$/ {
	type = "struct " $2
	printf "\tSHOW(\"%s\", sizeof(%s));\n", type, type
	printf "\tSHOW(\"%s align\", __alignof__(%s));\n", type, type
	structs++
	next
}
/^}/ { type = "" }
type && /;/ {
	member = $1 == "struct" ? $3 : $2
	sub(/[[;].*/, "", member)
	printf "\tSHOW(\"%s.%s\", offsetof(%s, %s));\n", type, member, type, member
	printf "\tSHOW(\"%s.%s size\", sizeof(((%s *)0)->%s));\n", type, member,
		type, member
}
END {
	print "}"
	exit structs < 10
}
