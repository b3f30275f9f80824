#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
#
# The dependency law: who may know what. Reads the sources as text, so that a breach is found on
# every host, whatever is compiled there. Comments and the contents of strings do not count.
#
#   law.pl ROOT              one line for each breach; exit 1 when there is one
#   law.pl --self-test ROOT  plants a breach of every rule in a copy and sees it found
use strict;
use warnings;
use File::Temp qw(tempdir);

# Headers of C itself; every other <header> that is not listed with a rule is an operating system's.
my $c      = qr/assert|complex|ctype|errno|float|inttypes|limits|locale|math|stdalign|stdarg/;
my $c_more = qr/stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|wchar|wctype/;
my $ours   = qr/hyperprocess\/\w+\.h|uv\.h|yaml\.h/;
my $os     = qr/^\s*#\s*include\s*<(?!(?:$c|$c_more)\.h>|$ours>)/m;

my $library = qr{^(?:core|config|transports|platform)/};
my $pure    = qr{^(?:config/|core/(?:lifecycle|endpoint|error|arena|text|names|plan_print)\.
              |platform/(?:locate|paths|rules_\w+|command_line|environment_block|ntstatus|inspect_pe|inspect_macho
              |quarantine|places_darwin|bulk_darwin)\.
              |transports/pipe_name\.)}x;
my $clock   = qr/\b(?:time|clock|clock_gettime|gettimeofday|uv_hrtime|uv_now|getenv)\s*\(/;
my $targets = qr/_*WIN32|_*WIN64|_MSC_VER|__MINGW|__CYGWIN__|__APPLE__|__MACH__|TARGET_OS_|__ANDROID__
              |_*linux\b|__linux__|_*unix\b|__unix__|__GLIBC__|__\w*BSD__|__has_include\b/x;

# name: of the rule. in, except: paths. forbid: what no line may hold. plant: a file and a line in
# it that breaks this rule.
my @rules = (
  {name => 'config knows no libuv', in => qr{^config/}, forbid => qr/\buv_\w+|\bUV_\w+|<uv\.h>/,
   plant => ['config/planted.c', 'int planted(void *loop) { return uv_loop_init(loop); }']},
  {name => 'config knows only values', in => qr{^config/},
   forbid => qr{^\s*\#\s*include\s*"(?!config/|core/(?:alloc|arena|text|error|lifecycle)\.h)}m,
   plant => ['config/planted.h', '#include "core/process.h"']},
  {name => 'transports know plugin.h, endpoint and error', in => qr{^transports/},
   forbid => qr{^\s*\#\s*include\s*"(?!transports/|core/(?:endpoint|error|alloc|text)\.h)}m,
   plant => ['transports/planted.c', '#include "platform/linux.h"']},
  {name => 'OS headers live in platform', in => qr{^(?:core|config)/.*\.[ch]$}, forbid => $os,
   plant => ['core/planted.c', '#include <unistd.h>']},
  {name => 'the tool has no OS header but the names of signals', in => qr{^cli/},
   except => qr{^cli/\w+_(?:posix|windows)\.c$}, # chosen by the build
   forbid => qr/$os(?!signal\.h>)/m, plant => ['cli/planted.c', '#include <unistd.h>']},
  {name => 'tests that run everywhere have no OS header but the names of signals', in => qr{^tests/},
   except => qr{_(?:posix|linux|darwin|windows)\.[ch]$ # chosen by the build, as are the following
                |^tests/(?:unit|fault|children/host\.c|support/(?:world|served|spawned)\.)
                |^tests/integration/(?:host|cli_signals|redis|postgres|mariadb|nginx|memcached|hyperd|quiet)_test\.c$}x,
   forbid => qr/$os(?!signal\.h>|CUnit\/)/m, plant => ['tests/support/planted.c', '#include <unistd.h>']},
  {name => 'OS headers of transports are those of addresses', in => qr{^transports/},
   except => qr{^transports/(?:unix|pipe|socket_\w+|\w+_windows)\.[ch]$},
   forbid => $os, plant => ['transports/planted.c', '#include <sys/wait.h>']},
  {name => 'core names no back end', in => qr{^core/}, except => qr{^core/registry\.c$},
   forbid => qr/^\s*#\s*include\s*"(?:platform|transports)\/|\bhp__(?:platform|transport)_[a-z]+\b(?!\s*\()/m,
   plant => ['core/planted.c', 'extern const int hp__transport_tcp;']},
  {name => 'rooms below the core do not know its process', in => qr{^(?:config|transports|platform)/},
   forbid => qr{^\s*\#\s*include\s*"core/(?:process|context|readiness|launch|plan|subprocess)}m,
   plant => ['platform/planted.c', '#include "core/process.h"']},
  {name => 'pure code calls no libuv', in => $pure, forbid => qr/\buv_\w+\s*\(/,
   plant => ['core/lifecycle.h', 'static inline int planted(void) { return uv_cwd(0, 0); }']},
  {name => 'pure code has no OS and no clock', in => $pure, except => qr{^platform/locate_},
   forbid => qr/$os|$clock/m,
   plant => ['core/endpoint.h', 'static inline long planted(void) { return time(0); }']},
  {name => 'the plan only reads', in => qr{^core/plan\w*\.},
   forbid => qr/\buv_(?!cwd|os_environ|os_free_environ|strerror)\w+\s*\(|$clock/,
   plant => ['core/plan_planted.c', 'void planted(void *r) { uv_fs_mkdir(0, r, "x", 0700, 0); }']},
  {name => 'no platform conditionals', except => qr{^(?:platform/|core/registry\.c$)},
   in => qr{^(?:core|config|transports|cli|examples|bench|tests)/},
   forbid => qr/^\s*#\s*(?:el)?if.*\b(?:$targets)/m,
   plant => ['cli/planted.c', "#if HP_X || defined(_WIN32)\n#endif"]},
  {name => 'spawning is ours', in => $library, forbid => qr/\buv_(?:spawn|process_kill|disable_stdio_inheritance)\b/,
   plant => ['platform/planted.c', 'int planted(void *p) { return uv_spawn(0, p, 0); }']},
  # As the flag of clone() it says which signal the kernel sends; nothing here receives it.
  {name => 'no SIGCHLD', in => $library, forbid => qr/\bSIGCHLD\b/,
   except => qr{^platform/spawn_linux\.c$},
   plant => ['platform/planted.c', 'static const int planted = SIGCHLD;']},
  {name => 'nobody else\'s children are waited for', in => $library,
   forbid => qr/\bwaitpid\s*\(\s*(?:-\s*1|0|\(pid_t\)\s*-)|\bwaitid\s*\(\s*P_ALL|\bwait[34]?\s*\(\s*(?:NULL|0|&|status)/,
   plant => ['platform/planted.c', 'void planted(void) { waitpid(-1, 0, 0); }']},
  {name => 'no signal of the host is taken', in => $library,
   except => qr{^platform/exec_linux\.c$}, # between clone and exec, in the child
   forbid => qr/(?<!->)(?<!\.)\b(?:signal|sigaction|signalfd|uv_signal_\w+)\s*\((?!\s*(?:const\s+)?hp_)/,
   plant => ['core/planted.c', 'void planted(void) { signal(2, 0); }']},
  {name => 'no output', in => $library,
   forbid => qr/\b(?:v?f?printf|puts|putchar|putc|fputs|fputc|perror|psignal)\s*\(|\bstd(?:out|err)\b/,
   plant => ['core/planted.c', 'void planted(void) { printf("x"); }']},
  {name => 'no end of the host', in => $library,
   forbid => qr/\b(?:abort|exit|_exit|_Exit|quick_exit|assert)\s*\(/,
   plant => ['transports/planted.c', 'void planted(void) { abort(); }']},
  {name => 'allocations go through core/alloc.h', in => qr{^(?:core|config|platform)/},
   except => qr{^core/alloc\.c$},
   forbid => qr/(?<![\w>.])(?:malloc|calloc|realloc|free|strdup|strndup|v?asprintf)\s*\(/,
   plant => ['config/planted.c', 'void *planted(void) { return malloc(1); }']},
  # The error that says that there is no memory for an error is written by nobody; the allocator is
  # a test's to replace; whether the process is dumpable is one state of the whole process, so is its
  # lock; whether children run on our memory is learned once, for all of them.
  {name => 'no global state', in => $library, except => qr{^core/alloc\.c$},
   forbid => qr/^\s*static\s+(?!const\b|inline\b|void\b|struct hp_error no_memory\b|pthread_mutex_t switching\b|atomic_bool memory_is_shared\b)(?![^\n;=]*\bconst\s+\w+(?:\[\w*\])*\s*[=;])[^\n(]*[=;]/m,
   plant => ['core/planted.c', 'static int planted;']},
);

# Every text file that is a source says its licence once, in its first two lines.
my $licensed = qr{(?:\.(?:c|h|hpp|cmake|sh|pl|yaml)|CMakeLists\.txt|^\.ci/run)$};

sub read_text {
  my ($path) = @_;
  open my $file, '<', $path or die "$path: $!\n";
  local $/;
  return scalar <$file>;
}

# Without comments and contents of strings, each line still in its place.
sub strip {
  my ($text) = @_;
  my $lines = sub { (my $kept = $_[0]) =~ s/[^\n]//g; $kept };
  $text =~ s{(/\*.*?\*/|//[^\n]*)|^(\s*\#\s*include[^\n]*)|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')}
            {defined $1 ? ' ' . $lines->($1) : defined $2 ? $2 : '""'}gsme;
  return $text;
}

sub sources {
  my ($root) = @_;
  my @rooms = grep { -e "$root/$_" }
    qw(core config transports platform cli examples bench tests cmake CMakeLists.txt .ci);
  open my $list, '-|', 'sh', '-c', 'cd "$0" && find "$@" -type f | sort', $root, @rooms or die;
  chomp(my @paths = <$list>);
  return @paths;
}

sub breaches {
  my ($root) = @_;
  my @found;
  for my $path (sources($root)) {
    my $is_code = $path =~ /\.(?:c|h|hpp)$/;
    next unless $is_code || $path =~ $licensed;
    my $text = read_text("$root/$path");
    if ($path =~ $licensed) {
      my ($head) = $text =~ /\A((?:[^\n]*\n){0,2})/;
      my $count = () = $text =~ m{^(?:/\*|//|\#) SPDX-License-Identifier:}mg;
      push @found, "$path:1: one licence a file: $count lines say it, the first two must say MIT"
        unless $count == 1 && $head =~ /SPDX-License-Identifier: MIT\b/;
    }
    next unless $is_code;
    my $stripped = strip($text);
    for my $rule (@rules) {
      next unless $path =~ $rule->{in};
      next if $rule->{except} && $path =~ $rule->{except};
      while ($stripped =~ /$rule->{forbid}/g) {
        my $line = 1 + (substr($stripped, 0, $-[0]) =~ tr/\n//);
        (my $what = $&) =~ s/^\s+//;
        push @found, "$path:$line: $rule->{name}: $what";
      }
    }
  }
  return @found;
}

# A copy of the rooms with one line planted for each rule, in a file of its own where it can be.
sub plant {
  my ($root, $form) = @_;
  my $copy = tempdir(CLEANUP => 1);
  system('sh', '-c', 'cd "$0" && cp -r core config transports platform cli tests "$1"', $root, $copy) == 0
    or die "cannot copy $root\n";
  my %planted;
  for my $i (0 .. $#rules) {
    my ($path, $line) = @{$rules[$i]{plant}};
    $path =~ s/planted/planted$i/;
    my $head = -e "$copy/$path" ? '' : "/* SPDX-License-Identifier: MIT */\n";
    open my $file, '>>', "$copy/$path" or die "$copy/$path: $!\n";
    printf $file "%s$form\n", $head, $line;
    $planted{$rules[$i]{name}} = $path;
  }
  return ($copy, %planted);
}

sub run_on {
  my ($root) = @_;
  my $output = qx{"$^X" "$0" "$root"};
  return ($? >> 8, $output);
}

# The law must be silent where a comment only speaks of a breach, and see each one that is real.
sub self_test {
  my ($root) = @_;
  my ($silent) = plant($root, '/* %s */');
  my ($status, $output) = run_on($silent);
  my @wrong = $status == 0 ? () : "a breach is seen where there is none:\n$output";

  my ($broken, %planted) = plant($root, '%s');
  ($planted{'one licence a file'}) = my $unlicensed = 'core/unlicensed.c';
  open my $file, '>', "$broken/$unlicensed" or die "$unlicensed: $!\n";
  close $file;
  ($status, $output) = run_on($broken);
  push @wrong, "breaches leave the status at $status\n" if $status != 1;
  for my $name (sort keys %planted) {
    push @wrong, "not seen in $planted{$name}: $name\n"
      unless $output =~ /^\Q$planted{$name}\E:\d+: \Q$name\E: /m;
  }
  print @wrong, scalar(keys %planted), ' rules tried, ', scalar(@wrong), " mistakes\n";
  return @wrong;
}

my $self_test = @ARGV && $ARGV[0] eq '--self-test' && shift @ARGV;
my $root = shift @ARGV // die "usage: law.pl [--self-test] ROOT\n";
exit(self_test($root) ? 1 : 0) if $self_test;
my @found = breaches($root);
print "$_\n" for @found;
exit(@found ? 1 : 0);
