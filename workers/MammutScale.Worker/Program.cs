return await MammutScale.Worker.Hosting.WorkerHost.RunAsync(args, CancellationToken.None);
