/* SPDX-License-Identifier: MIT */
/* UNTESTED with .NET: compiled and run by Mono on Linux only. */
using System.Collections.Generic;

namespace Hyperprocess
{
    /// <summary>Whether hyperd may tell its vendor how it is used: who starts it must choose.</summary>
    public enum Telemetry
    {
        SendUsageDataToTableau,
        DoNotSendUsageDataToTableau
    }

    /// <summary>Tableau's HyperProcess, with the official API's words: hyperd, stopped by Dispose().</summary>
    public class HyperProcess : Process
    {
        /// <summary>What the program calls itself when it connects, a matter of its clients.</summary>
        public string UserAgent { get; }

        /// <param name="hyperPath">the folder that holds hyperd; null: where it is found</param>
        public HyperProcess(Telemetry telemetry, string userAgent = "", string hyperPath = null,
            IDictionary<string, string> parameters = null)
            : base(OptionsOf(telemetry, hyperPath, parameters))
        {
            UserAgent = userAgent;
        }

        private static Options OptionsOf(Telemetry telemetry, string hyperPath, IDictionary<string, string> parameters)
        {
            var settings = new Dictionary<string, string>(parameters ?? new Dictionary<string, string>());
            settings["telemetry"] = telemetry == Telemetry.SendUsageDataToTableau ? "on" : "off";
            if (hyperPath != null)
                settings["hyper_path"] = hyperPath;
            return new Options { Server = "hyperd", Settings = settings };
        }

        /// <summary>The connection string, "tab.domain://…".</summary>
        public override string Endpoint { get { return Descriptor; } }

        /// <summary>As that of Process; disposes of the handle as well, whether it throws or not.</summary>
        public override void Shutdown(long timeoutMs = -1)
        {
            if (!IsOpen)
                return;
            try
            {
                base.Shutdown(timeoutMs);
            }
            finally
            {
                Dispose();
            }
        }
    }
}
