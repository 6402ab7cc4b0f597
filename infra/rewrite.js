// CloudFront Function (runtime 2.0) at each request for a page. Terraform fills in the two lists.
//   /x/      → the file /x/index.html
//   /x       → 301 /x/, where x has no dot
//   an old address → 301 to where it leads now
const redirects = ${redirects};
const headers = ${headers};

function handler(event) {
    const request = event.request;
    const path = request.uri;
    const isFolder = path.endsWith('/');
    const isFile = path.slice(path.lastIndexOf('/')).includes('.');
    const target = redirects[path] || redirects[path + '/'];
    if (target) {
        return moved(target, '');
    }
    if (!isFolder && !isFile) {
        // With two slashes at the front it would be the name of another host.
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
