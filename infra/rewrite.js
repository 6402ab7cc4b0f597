// CloudFront Function (runtime 2.0), run on each request but the one for the seats. Terraform sets the constants.
//   another host of ours → 301 to the site's own
//   /aanmelden/…, /beheer/… → as they are
//   /x/      → the file /x/index.html
//   /x       → 301 /x/, if x has no dot
//   an old address → 301 to its new address
const host = ${host};
const others = ${others};
const prefixes = ${prefixes};
const redirects = ${redirects};
const headers = ${headers};

function handler(event) {
    const request = event.request;
    const path = request.uri;
    if (request.headers.host && others.includes(request.headers.host.value)) {
        return moved('https://' + host + path, query(request.querystring));
    }
    if (prefixes.some((prefix) => path.startsWith(prefix))) {
        return request;
    }
    const isFolder = path.endsWith('/');
    const isFile = path.slice(path.lastIndexOf('/')).includes('.');
    const target = redirects[path] || redirects[path + '/'];
    if (target) {
        return moved(target, '');
    }
    if (!isFolder && !isFile) {
        // A Location that starts with two slashes would lead to another host.
        return moved(path.replace(/^[/\\]+/, '/') + '/', query(request.querystring));
    }
    if (isFolder) {
        request.uri = path + 'index.html';
    }
    return request;
}

function moved(path, query) {
    const answer = { location: { value: path + query } };
    return { statusCode: 301, statusDescription: 'Moved Permanently', headers: Object.assign(answer, headers) };
}

function query(parameters) {
    const pairs = Object.keys(parameters).map((name) => {
        const values = parameters[name].multiValue || [parameters[name]];
        return values.map((each) => name + '=' + each.value).join('&');
    });
    return pairs.length ? '?' + pairs.join('&') : '';
}
