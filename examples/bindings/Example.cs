/* SPDX-License-Identifier: MIT */
using Hyperprocess;

class Example
{
    static int Main(string[] args)
    {
        var options = new Options { Server = args.Length > 0 ? args[0] : "redis", Transport = "tcp" };
        try
        {
            using (var server = new Process(options))
                System.Console.WriteLine("ready at " + server.Endpoint);
        }
        catch (HyperException error) // after the using the server is gone
        {
            System.Console.Error.WriteLine(error.Code + ": " + error.Message);
            return 1;
        }
        return 0;
    }
}
