/* SPDX-License-Identifier: MIT */
/* UNTESTED with .NET: compiled and run by Mono on Linux only. */
using System;
using System.Collections.Generic;
using System.Text;

namespace Hyperprocess
{
    /// <summary>What failed, why, and what to do about it; Message is all of it.</summary>
    public class HyperException : Exception
    {
        private static readonly string[] DetailNames = { "command", "output", "places", "log", "owner" };
        private static readonly string[] Phases =
        {
            "use", "config", "locate", "plan", "prepare", "reserve", "spawn", "ready", "run", "stop", "connect"
        };

        /// <summary>The name in the C header, "HP_ETIMEDOUT".</summary>
        public string Code { get; }
        /// <summary>Where it went wrong: "config", "spawn", "ready", …</summary>
        public string Phase { get; }
        /// <summary>One line that names the thing that failed.</summary>
        public string MainMessage { get; }
        /// <summary>Why; null where nothing is known.</summary>
        public string Cause { get; }
        /// <summary>What to do about it; null where nothing is known.</summary>
        public string Hint { get; }
        /// <summary>errno, exit code or signal number, as the cause says; 0 where there is none.</summary>
        public int OsCode { get; }
        /// <summary>"command", "output", "places", "log", "owner": those that are known.</summary>
        public IReadOnlyDictionary<string, string> Details { get; }

        internal HyperException(IntPtr error)
        {
            Code = Native.Text(Native.hp_code_name(Native.hp_error_code(error)));
            int phase = Native.hp_error_phase(error);
            Phase = phase < Phases.Length ? Phases[phase] : phase.ToString();
            MainMessage = Native.Text(Native.hp_error_message(error));
            Cause = Native.Text(Native.hp_error_cause(error));
            Hint = Native.Text(Native.hp_error_hint(error));
            OsCode = Native.hp_error_os_code(error);
            var details = new Dictionary<string, string>();
            for (int i = 0; i < DetailNames.Length; i++)
            {
                string detail = Native.Text(Native.hp_error_detail(error, i));
                if (detail != null)
                    details[DetailNames[i]] = detail;
            }
            Details = details;
        }

        public override string Message
        {
            get
            {
                var text = new StringBuilder(MainMessage);
                if (Cause != null)
                    text.Append("\ncause: ").Append(Cause);
                if (Hint != null)
                    text.Append("\nhint: ").Append(Hint);
                foreach (var detail in Details)
                    text.Append("\n" + detail.Key + ":\n" + detail.Value);
                return text.ToString();
            }
        }
    }
}
