console.log("1|1|tcp|192.0.2.1:10000|grpc|");
setInterval(() => {}, 1000);
